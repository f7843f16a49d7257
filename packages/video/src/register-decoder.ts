import { EngineError } from '@mcore/errors';
import { Logging, LogLevel, registerDecoder } from 'mediabunny';
import { nodeVideoDecoder } from './node-decoder.js';

let registration: Promise<void> | undefined;

/**
 * Gives mediabunny, and so `openVideo`, decoders in Node.js: H.264, HEVC, VP8, VP9, AV1 and ProRes through FFmpeg's libavcodec, which
 * the packages `@mediabunny/server` and `node-av` bring along as a library. Registers once however often it is called, and
 * turns off what FFmpeg and mediabunny print by themselves.
 *
 * @throws EngineError if those packages are not installed or do not run on this machine.
 */
export function registerVideoDecoder(): Promise<void> {
  registration ??= register().catch((error) => {
    registration = undefined;
    throw error;
  });
  return registration;
}

async function register(): Promise<void> {
  try {
    const [av, { AvFrameVideoSampleResource }] = await Promise.all([import('node-av'), import('@mediabunny/server')]);
    av.Log.setLevel(av.AV_LOG_QUIET);
    Logging.level = LogLevel.Silent;
    registerDecoder(nodeVideoDecoder({ av, Resource: AvFrameVideoSampleResource }));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new EngineError(
      'registerVideoDecoder: expected the packages @mediabunny/server and node-av to decode videos with ' +
        `(npm install @mediabunny/server node-av), got: ${reason}`,
      { cause },
    );
  }
}
