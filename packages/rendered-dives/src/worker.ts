import { parentPort, workerData } from 'node:worker_threads';
import { DiveRenderer } from './dive-renderer.js';
import { type LayoutJob, writeClipFolder } from './layout-clip.js';
import { nodeCanvas } from './node-surface.js';
import type { RenderableClip } from './visible-events.js';

// The worker thread of `writeFineDivingLayout`: draws the clips it is sent and reports each.
if (parentPort !== null) {
  const port = parentPort;
  const job = workerData as LayoutJob;
  const renderer = new DiveRenderer({ canvas: nodeCanvas, seed: job.seed, height: job.height });
  port.on('message', (clips: readonly RenderableClip[]) => {
    for (const clip of clips) {
      const drawn = writeClipFolder(renderer, clip, job);
      port.postMessage({ id: clip.id, drawn });
    }
    port.postMessage('idle');
  });
  port.postMessage('idle');
}
