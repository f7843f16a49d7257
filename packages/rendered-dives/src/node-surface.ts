import { createCanvas } from '@napi-rs/canvas';
import type { DrawingContext, SurfaceFactory } from './surface.js';

/** A surface that can be written as JPEG. */
export interface EncodableSurface extends ReturnType<SurfaceFactory> {
  /** @param quality - 1 .. 100. */
  jpeg(quality: number): Buffer;
  png(): Buffer;
}

/** Surfaces of `@napi-rs/canvas` (Skia on the CPU). */
export const nodeCanvas = (width: number, height: number): EncodableSurface => {
  const canvas = createCanvas(width, height);
  return {
    width,
    height,
    image: canvas,
    context: canvas.getContext('2d') as unknown as DrawingContext,
    pixels: () => canvas.data(),
    jpeg: (quality) => canvas.encodeSync('jpeg', quality),
    png: () => canvas.encodeSync('png'),
  };
};
