import {
  BufferSource,
  BufferTarget,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';

/**
 * An mp4 that shows another one over and over, its packets copied without encoding again.
 *
 * @param frameRate - Of the result's track, where its times are to be multiples of a frame.
 */
export async function repeatVideo(
  bytes: ArrayBuffer | Uint8Array,
  times: number,
  frameRate?: number,
): Promise<ArrayBuffer> {
  const input = new Input({ source: new BufferSource(bytes), formats: [MP4] });
  const track = (await input.getPrimaryVideoTrack())!;
  const decoderConfig = (await track.getDecoderConfig())!;
  const length = await track.computeDuration();
  const packets: EncodedPacket[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
  const source = new EncodedVideoPacketSource((await track.getCodec())!);
  output.addVideoTrack(source, frameRate === undefined ? {} : { frameRate });
  await output.start();
  for (let pass = 0; pass < times; pass++) {
    for (const { data, type, timestamp, duration } of packets) {
      await source.add(new EncodedPacket(data, type, timestamp + pass * length, duration), { decoderConfig });
    }
  }
  await output.finalize();
  input.dispose();
  return output.target.buffer!;
}
