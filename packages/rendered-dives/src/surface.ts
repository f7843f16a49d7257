type Drawn = Pick<
  CanvasRenderingContext2D,
  | 'save'
  | 'restore'
  | 'setTransform'
  | 'translate'
  | 'scale'
  | 'rotate'
  | 'fillRect'
  | 'clearRect'
  | 'beginPath'
  | 'closePath'
  | 'moveTo'
  | 'lineTo'
  | 'quadraticCurveTo'
  | 'arc'
  | 'ellipse'
  | 'rect'
  | 'fill'
  | 'stroke'
  | 'clip'
  | 'createLinearGradient'
  | 'createRadialGradient'
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'lineCap'
  | 'lineJoin'
  | 'globalAlpha'
  | 'globalCompositeOperation'
  | 'imageSmoothingEnabled'
>;

/** What is used of a 2D context: the part that browsers and @napi-rs/canvas share. */
export interface DrawingContext extends Drawn {
  drawImage(image: never, dx: number, dy: number): void;
  drawImage(image: never, dx: number, dy: number, dw: number, dh: number): void;
  drawImage(
    image: never,
    sx: number,
    sy: number,
    sw: number,
    sh: number,
    dx: number,
    dy: number,
    dw: number,
    dh: number,
  ): void;
}

/** A canvas to draw on, with a way to its pixels. */
export interface Surface {
  readonly width: number;
  readonly height: number;
  /** Whatever `drawImage` of this kind of canvas takes. */
  readonly image: unknown;
  readonly context: DrawingContext;
  /** RGBA, `[height, width, 4]`; opaque wherever the renderer drew a frame. */
  pixels(): Uint8Array | Uint8ClampedArray;
}

/** Makes an empty surface of the given size in pixels. */
export type SurfaceFactory = (width: number, height: number) => Surface;

/** Draws part of one surface onto another, with bilinear smoothing. */
export function drawSurface(
  context: DrawingContext,
  from: Surface,
  [sx, sy, sw, sh]: readonly [number, number, number, number],
  [dx, dy, dw, dh]: readonly [number, number, number, number],
): void {
  context.drawImage(from.image as never, sx, sy, sw, sh, dx, dy, dw, dh);
}

/** Surfaces of a browser (or a worker in one), on `OffscreenCanvas`. */
export const browserCanvas: SurfaceFactory = (width, height) => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  return {
    width,
    height,
    image: canvas,
    context: context as unknown as DrawingContext,
    pixels: () => context.getImageData(0, 0, width, height).data,
  };
};
