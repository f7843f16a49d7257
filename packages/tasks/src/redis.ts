import { McoreError } from '@mcore/errors';

/** Redis and BullMQ, which are optional: only queues need them. */
export async function loadQueuePackages(): Promise<{
  bullmq: typeof import('bullmq');
  ioredis: typeof import('ioredis');
}> {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bullmq, ioredis };
  } catch (error) {
    throw new McoreError(
      'ERR_MCORE_QUEUE',
      `TaskQueue: expected the optional packages bullmq and ioredis, got: ${(error as Error).message.split('\n')[0]} Install them beside this one: npm install bullmq ioredis (with --global where mcore is).`,
      { cause: error },
    );
  }
}

/**
 * Connects to Redis, and fails within seconds if it does not answer. A lost connection is retried without limit.
 *
 * @param url - Such as `redis://127.0.0.1:6379`.
 */
export async function connectRedis(
  url: string,
  { Redis }: typeof import('ioredis'),
): Promise<InstanceType<typeof Redis>> {
  let ready = false;
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (ready ? Math.min(200 * times, 5_000) : null),
  });
  let last: Error | undefined;
  redis.on('error', (error: Error) => {
    last = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    const { message, code } = (last ?? error) as NodeJS.ErrnoException;
    throw new McoreError(
      'ERR_MCORE_QUEUE',
      `TaskQueue: expected Redis at ${withoutPassword(url)}, got ${code ?? message}.`,
      {
        cause: error,
      },
    );
  }
  ready = true;
  return redis;
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
