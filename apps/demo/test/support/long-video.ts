import { readFile, writeFile } from 'node:fs/promises';
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

/** Writes a video that shows another one over and over, without encoding again. */
export async function repeatVideo(from: string, to: string, times: number): Promise<void> {
  const input = new Input({ source: new BufferSource(await readFile(from)), formats: [MP4] });
  const track = (await input.getPrimaryVideoTrack())!;
  const decoderConfig = (await track.getDecoderConfig())!;
  const length = await track.computeDuration();
  const packets: EncodedPacket[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
  const source = new EncodedVideoPacketSource((await track.getCodec())!);
  output.addVideoTrack(source);
  await output.start();
  for (let pass = 0; pass < times; pass++) {
    for (const { data, type, timestamp, duration } of packets) {
      await source.add(new EncodedPacket(data, type, timestamp + pass * length, duration), { decoderConfig });
    }
  }
  await output.finalize();
  input.dispose();
  await writeFile(to, new Uint8Array(output.target.buffer!));
}
