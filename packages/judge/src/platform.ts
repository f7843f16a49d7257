import type { Engine, EngineChoice, UseEngineOptions } from '@mcore/engines';
import type { Video } from '@mcore/video';

/** A file to read as a whole: a path (in Node) or URL, a File or Blob, or its bytes. */
export type FileInput = string | URL | Blob | Uint8Array | ArrayBuffer;

/** A file that was read, with what messages call it. */
export interface NamedBytes {
  name: string;
  bytes: Uint8Array;
}

/** What browsers and Node do differently. */
export interface Platform {
  useEngine(choice: EngineChoice, options: UseEngineOptions): Promise<Engine>;
  /** Reads a file behind a path or URL. */
  readFile(place: string | URL, what: string): Promise<NamedBytes>;
  /** The shipped weights with their bank. */
  readShipped(): Promise<{ weights: NamedBytes; bank: NamedBytes }>;
  /** The shipped weights' spotter. */
  readShippedSpotter(): Promise<NamedBytes>;
  /** Where a file that belongs to weights lies: beside them. */
  besides(place: string | URL, name: string): string | URL;
  openVideo(source: string | URL | Blob, options: OpenOptions): Promise<Video>;
}

/** How a video is opened. */
export interface OpenOptions {
  readonly name?: string;
  /** Of a folder of images, which have no times. */
  readonly framesPerSecond?: number;
  readonly signal?: AbortSignal;
}

/** The file name of a bank that lies beside its weights. */
export const BANK_NAME = 'bank.safetensors';

/** The file name of a spotter that lies beside its weights. */
export const SPOTTER_NAME = 'spotter.safetensors';
