import { parentPort } from 'node:worker_threads';
import { createBirpc } from 'birpc';
import { workerFunctions } from './threads/worker-functions.js';
import { channelOptions } from './threads/worker-thread.js';

/** The thread behind every `WorkerThread`. */
createBirpc(workerFunctions(), channelOptions(parentPort!));
