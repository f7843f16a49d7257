import type { InputVideoTrack } from 'mediabunny';
import type { ColorMatrix } from './yuv-to-rgb.js';

/** What a file says of its colours, in its container or in the head of its stream; decoders are not asked, since some of them guess. */
export interface FileColors {
  /** BT.601 where the file does not say. */
  readonly matrix: ColorMatrix;
  /** Undefined where the file does not say. */
  readonly full: boolean | undefined;
  /** The curve of high dynamic range: ITU-R BT.2100's PQ or HLG. */
  readonly hdr: 'PQ' | 'HLG' | undefined;
}

const matrices: Readonly<Record<string, ColorMatrix>> = { bt709: 'bt709', 'bt2020-ncl': 'bt2020' };

/** Reads the tags of a video track. */
export async function fileColors(track: InputVideoTrack): Promise<FileColors> {
  const { matrix, fullRange, transfer } = await track.getColorSpace();
  const curve: string | null | undefined = transfer; // TypeScript's list lacks the two of BT.2100
  return {
    matrix: matrices[matrix ?? ''] ?? 'bt601',
    full: fullRange ?? undefined,
    hdr: curve === 'pq' ? 'PQ' : curve === 'hlg' ? 'HLG' : undefined,
  };
}
