import { useEffect } from 'preact/hooks';

/** Calls a function before every repaint for as long as the component is there; it may cost little. */
export function useFrameLoop(draw: (seconds: number) => void): void {
  useEffect(() => {
    let handle = requestAnimationFrame(function next(milliseconds) {
      draw(milliseconds / 1000);
      handle = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(handle);
  }, [draw]);
}

/** Draws a picture over all of a canvas, as large as it fits without being stretched. */
export function paint(canvas: HTMLCanvasElement, bitmap: ImageBitmap | undefined): Placed {
  const context = canvas.getContext('2d')!;
  const { width, height } = canvas;
  context.fillStyle = '#06222f';
  context.fillRect(0, 0, width, height);
  if (!bitmap) return { left: 0, top: 0, width, height };
  const scale = Math.min(width / bitmap.width, height / bitmap.height);
  const placed = {
    width: bitmap.width * scale,
    height: bitmap.height * scale,
    left: (width - bitmap.width * scale) / 2,
    top: (height - bitmap.height * scale) / 2,
  };
  context.drawImage(bitmap, placed.left, placed.top, placed.width, placed.height);
  return placed;
}

/** Where on a canvas a picture is. */
export interface Placed {
  left: number;
  top: number;
  width: number;
  height: number;
}
