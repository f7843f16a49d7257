import { EncodedPacketSink, type InputVideoTrack } from 'mediabunny';

/**
 * Whether a stream may hold two fields in one picture: H.264 whose sequence parameters allow fields (`frame_mbs_only_flag` = 0). Other codecs say
 * it where few readers look; they count as progressive.
 *
 * Source: ITU-T H.264, 7.3.2.1.1 (sequence parameter set), annex B (byte streams); ISO/IEC 14496-15 (parameter sets in files).
 */
export async function mayBeInterlaced(track: InputVideoTrack): Promise<boolean> {
  if ((await track.getCodec()) !== 'avc') return false;
  const description = (await track.getDecoderConfig())?.description;
  const parameters = description
    ? bytesOf(description)
    : (await new EncodedPacketSink(track).getFirstKeyPacket())?.data.subarray(0, 4096);
  const set = parameters && (description ? setOfConfig(parameters) : setOfStream(parameters));
  return set !== undefined && allowsFields(set);
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

/** The first sequence parameter set of an `avcC` box. */
function setOfConfig(box: Uint8Array): Uint8Array | undefined {
  const length = ((box[6] ?? 0) << 8) | (box[7] ?? 0);
  return (box[5] ?? 0) % 32 > 0 && length > 0 ? box.subarray(8, 8 + length) : undefined;
}

/** The first sequence parameter set of a byte stream with start codes. */
function setOfStream(bytes: Uint8Array): Uint8Array | undefined {
  const isStart = (at: number) => bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1;
  for (let at = 0; at + 3 < bytes.length; at++) {
    if (!isStart(at) || bytes[at + 3]! % 32 !== 7) continue;
    let end = at + 4;
    while (end < bytes.length && !isStart(end)) end++;
    return bytes.subarray(at + 3, end);
  }
  return undefined;
}

/** Profiles that say how colours are sampled. */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

function allowsFields(set: Uint8Array): boolean {
  const bits = bitReader(withoutEmulation(set));
  bits.skip(8); // header of the unit
  const profile = bits.read(8);
  bits.skip(16); // constraints and level
  bits.number();
  if (HIGH_PROFILES.has(profile)) {
    if (bits.number() === 3) bits.skip(1); // separate_colour_plane_flag
    bits.number(); // bit depths
    bits.number();
    bits.skip(1);
    if (bits.read(1) === 1) return false; // scaling matrices, which broadcasters do not send: taken as progressive
  }
  bits.number(); // log2_max_frame_num_minus4
  const order = bits.number();
  if (order === 0) bits.number();
  if (order === 1) {
    bits.skip(1);
    bits.number();
    bits.number();
    for (let left = Math.min(255, bits.number()); left > 0; left--) bits.number();
  }
  bits.number(); // max_num_ref_frames
  bits.skip(1);
  bits.number(); // width and height
  bits.number();
  return bits.read(1) === 0;
}

/** Bytes without the 3 that keeps start codes from appearing. */
function withoutEmulation(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, at) => !(byte === 3 && bytes[at - 1] === 0 && bytes[at - 2] === 0));
}

function bitReader(bytes: Uint8Array) {
  let at = 0;
  const read = (count: number) => {
    let value = 0;
    for (let left = count; left > 0; left--, at++) value = value * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
    return value;
  };
  return {
    read,
    skip: (count: number) => {
      at += count;
    },
    /** An unsigned Exp-Golomb number (9.1); signed ones have the same length. */
    number: () => {
      let zeros = 0;
      while (zeros < 32 && at < bytes.length * 8 && read(1) === 0) zeros++;
      return 2 ** zeros - 1 + read(zeros);
    },
  };
}
