import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readResultFiles } from '@mcore/tasks/node';
import { bundleSource } from '../bundle-source.mjs';
import { makeVideos } from './inputs.mjs';
import { check, failureOf, filesBelow, leftoversBelow, mcoreDone, startMcore, until } from './run-mcore.mjs';

/** A module that gives a process WebGPU in software and destroys its device as soon as a file is there. */
const loseDevice = (/** @type {string} */ testing) => `
import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { prepareWebgpu } from ${JSON.stringify(testing)};
if (isMainThread) {
  const reason = await prepareWebgpu();
  if (reason !== null) throw new Error(reason);
  const { gpu } = navigator;
  const requestAdapter = async (options) => {
    const adapter = await gpu.requestAdapter(options);
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor) => {
      const device = await requestDevice(descriptor);
      const timer = setInterval(() => {
        if (!existsSync(process.env.MCORE_LOSE_DEVICE)) return;
        clearInterval(timer);
        device.destroy();
      }, 50);
      return device;
    };
    return adapter;
  };
  const value = { requestAdapter, wgslLanguageFeatures: gpu.wgslLanguageFeatures };
  Object.defineProperty(navigator, 'gpu', { configurable: true, value });
}
`;

/** Why no GPU can be lost here, or null. */
export const noGpu = process.platform === 'linux' && process.arch === 'x64' ? null : 'SwiftShader is for linux-x64';

/**
 * Takes the GPU away: from a list of videos after the first one is scored, and from a training run.
 *
 * @param {string} folder Of its own.
 * @returns {Promise<string[]>} The messages.
 */
export async function loseGpu(folder) {
  const [first, second] = await makeVideos(folder, 2);
  const testing = await bundleSource('packages/testing/src/webgpu.ts');
  const preload = join(folder, 'lose-device.mjs');
  const trigger = join(folder, 'lose-it-now');
  writeFileSync(preload, loseDevice(testing));
  const env = { NODE_OPTIONS: `--import ${pathToFileURL(preload)}`, MCORE_LOSE_DEVICE: trigger };

  const args = ['score', String(first), String(second), '--results', 'out'];
  const scoring = startMcore([...args, '--engine', 'webgpu'], folder, { env });
  const results = join(folder, 'out', 'results-0001-of-0001.jsonl');
  const lines = () => (existsSync(results) ? readFileSync(results, 'utf8').split('\n').length - 1 : 0);
  await until(() => lines() > 1, scoring.process);
  writeFileSync(trigger, '');
  const { status, stderr } = await scoring.finished;
  const [file] = await readResultFiles([join(folder, 'out')]);
  const records = file?.records ?? [];
  check(status === 1, `expected status 1, got ${status}: ${stderr}`);
  check('result' in (records[0] ?? {}), 'expected the first video to be scored');
  const failed = records.find((record) => 'error' in record);
  const message = failed && 'error' in failed ? String(failed.error.message) : '';
  check(message.includes('lost its device'), `expected the loss to be named, got ${message || stderr}`);
  rmSync(trigger);
  await mcoreDone([...args, '--engine', 'wasm'], folder, {});
  const [whole] = await readResultFiles([join(folder, 'out')]);
  check(
    JSON.stringify(whole?.records[0]) === JSON.stringify(records[0]),
    'expected the score from before the loss to be kept',
  );

  const training = startMcore(
    [
      ...['train', '--steps', '1', '--batch', '1', '--train-clips', '4', '--validation-clips', '2', '--out', 'run'],
      ...['--render-height', '32', '--engine', 'webgpu', '--cache', 'cache'],
    ],
    folder,
    { env },
  );
  let said = '';
  training.process.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  await until(() => said.includes('Measuring'), training.process);
  writeFileSync(trigger, '');
  const line = failureOf(await training.finished);
  check(line.includes('lost its device'), `expected the loss to be named, got ${line}`);
  check(leftoversBelow(join(folder, 'run')).length === 0, 'expected no lock and no temporary files');
  check(
    ![...filesBelow(join(folder, 'run')).keys()].some((path) => path.endsWith('.safetensors')),
    'expected no weights',
  );
  return [message, line];
}
