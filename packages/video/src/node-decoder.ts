import type { AvFrameVideoSampleResource } from '@mediabunny/server';
import { CustomVideoDecoder, type EncodedPacket, type VideoCodec, VideoSample } from 'mediabunny';
import type * as NodeAv from 'node-av';

/** What the decoder needs of the two optional packages, loaded by the code that registers it. */
export interface DecoderLibrary {
  readonly av: typeof NodeAv;
  readonly Resource: typeof AvFrameVideoSampleResource;
}

/**
 * A decoder for Node.js over FFmpeg's libavcodec, in software, so that every machine gives the same pixels.
 *
 * It stands in for the one of `@mediabunny/server`: when that one fails on a damaged packet, its promise rejects a second
 * time while closing, where nobody listens, and the process ends. This one reports the first failure through `onError` and
 * from then on does nothing.
 */
export function nodeVideoDecoder({ av, Resource }: DecoderLibrary) {
  const codecIds: Partial<Record<VideoCodec, NodeAv.AVCodecID>> = {
    avc: av.AV_CODEC_ID_H264,
    hevc: av.AV_CODEC_ID_HEVC,
    vp8: av.AV_CODEC_ID_VP8,
    vp9: av.AV_CODEC_ID_VP9,
    av1: av.AV_CODEC_ID_AV1,
    prores: av.AV_CODEC_ID_PRORES,
  };

  const fullRangeFormats = new Map<NodeAv.AVPixelFormat, NodeAv.AVPixelFormat>([
    [av.AV_PIX_FMT_YUVJ420P, av.AV_PIX_FMT_YUV420P],
    [av.AV_PIX_FMT_YUVJ422P, av.AV_PIX_FMT_YUV422P],
    [av.AV_PIX_FMT_YUVJ444P, av.AV_PIX_FMT_YUV444P],
  ]);

  return class NodeVideoDecoder extends CustomVideoDecoder {
    #context: NodeAv.CodecContext | undefined;
    #frame = new av.Frame();
    #packet = new av.Packet();
    /** The exact times of packets, by their microseconds, which is what libavcodec carries through. */
    #times = new Map<bigint, { timestamp: number; duration: number }>();
    #failed = false;

    static override supports(codec: VideoCodec): boolean {
      return codecIds[codec] !== undefined;
    }

    async init(): Promise<void> {
      this.#frame.alloc();
      this.#packet.alloc();
      await this.#guarded(async () => {
        const id = codecIds[this.codec]!;
        const codec = av.Codec.findDecoder(id);
        if (!codec) throw new Error(`libavcodec here has no decoder for ${this.codec}`);
        const context = new av.CodecContext();
        context.allocContext3(codec);
        context.codecType = av.AVMEDIA_TYPE_VIDEO;
        context.codecId = id;
        context.width = this.config.codedWidth ?? 0;
        context.height = this.config.codedHeight ?? 0;
        const { description } = this.config;
        if (description) context.extraData = Buffer.from(bytesOf(description));
        // strict: otherwise frames shown late may be dropped where the stream does not say how far it reorders
        const strict = av.Dictionary.fromObject({ strict: av.FF_COMPLIANCE_STRICT });
        this.#check(await context.open2(codec, strict));
        this.#context = context;
      });
    }

    async decode(packet: EncodedPacket): Promise<void> {
      await this.#guarded(async () => {
        const time = BigInt(packet.microsecondTimestamp);
        this.#times.set(time, { timestamp: packet.timestamp, duration: packet.duration });
        this.#packet.data = Buffer.from(packet.data);
        this.#packet.isKeyframe = packet.type === 'key';
        this.#packet.timeBase = { num: 1, den: 1_000_000 };
        this.#packet.pts = time;
        this.#packet.dts = av.AV_NOPTS_VALUE;
        this.#packet.duration = BigInt(packet.microsecondDuration);
        this.#check(await this.#context!.sendPacket(this.#packet));
        this.#packet.unref();
        await this.#receive();
      });
    }

    async flush(): Promise<void> {
      await this.#guarded(async () => {
        this.#check(await this.#context!.sendPacket(null));
        await this.#receive();
        this.#context!.flushBuffers();
        this.#times.clear();
      });
    }

    close(): void {
      this.#context?.freeContext();
      this.#context = undefined;
      this.#frame.free();
      this.#packet.free();
    }

    async #receive(): Promise<void> {
      for (;;) {
        const status = await this.#context!.receiveFrame(this.#frame);
        if (status === av.AVERROR_EAGAIN || status === av.AVERROR_EOF) return;
        this.#check(status);
        this.#nameRange();
        // pixels come as they are coded; a requested size decides what they are stretched to
        this.#frame.sampleAspectRatio = new av.Rational(1, 1);
        const clone = this.#frame.clone();
        if (!clone) throw new Error('out of memory');
        const time = this.#times.get(this.#frame.pts);
        this.#times.delete(this.#frame.pts);
        const timestamp = time?.timestamp ?? Number(this.#frame.pts) / 1e6;
        const duration = time?.duration ?? Number(this.#frame.duration) / 1e6;
        this.onSample(new VideoSample(new Resource(clone), { timestamp, duration }));
      }
    }

    /** FFmpeg has old formats of their own for full range; WebCodecs has none, but says the range apart. */
    #nameRange(): void {
      const plain = fullRangeFormats.get(this.#frame.format as NodeAv.AVPixelFormat);
      if (plain === undefined) return;
      this.#frame.format = plain;
      this.#frame.colorRange = av.AVCOL_RANGE_JPEG;
    }

    #check(status: number): void {
      const error = av.FFmpegError.fromCode(status);
      if (error) throw new Error(error.message);
    }

    async #guarded(work: () => Promise<void>): Promise<void> {
      if (this.#failed) return;
      try {
        await work();
      } catch (error) {
        this.#failed = true;
        this.onError(error);
      }
    }
  };
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
