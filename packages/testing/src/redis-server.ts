import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Why no Redis can be started for tests; null if it can. */
export const missingRedis =
  spawnSync('redis-server', ['--version']).status === 0 ? null : 'there is no redis-server on this machine';

/** A redis-server of one's own, on a free port of this machine. */
export class RedisServer {
  readonly url: string;
  readonly #port: number;
  readonly #directory: string;
  #process: ChildProcess;

  private constructor(port: number, directory: string) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#port = port;
    this.#directory = directory;
    this.#process = this.#spawn();
  }

  /** @param directory - Where it keeps its log of writes, so that it can be started again. */
  static async start(directory: string): Promise<RedisServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const redis = new RedisServer(port, directory);
    await redis.#ready();
    return redis;
  }

  /** Kills it as a power cut would, and starts it again with what is on disk. */
  async crash(downForMs: number): Promise<void> {
    await this.stop();
    await wait(downForMs);
    this.#process = this.#spawn();
    await this.#ready();
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  #spawn(): ChildProcess {
    const settings = {
      port: this.#port,
      bind: '127.0.0.1',
      dir: this.#directory,
      save: '',
      appendonly: 'yes',
      appendfsync: 'always',
    };
    const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, `${value}`]);
    return spawn('redis-server', args, { stdio: 'ignore' });
  }

  async #ready(): Promise<void> {
    for (let tries = 0; ; tries++) {
      const redis = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
      redis.on('error', () => {});
      try {
        await redis.connect();
        await redis.ping();
        return;
      } catch (error) {
        if (tries > 100) throw error;
        await wait(50);
      } finally {
        redis.disconnect();
      }
    }
  }
}
