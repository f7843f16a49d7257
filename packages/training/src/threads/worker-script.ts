/** The built worker: everything is bundled into `dist/`, so this file and the worker lie side by side. */
export const WORKER_SCRIPT = new URL('./worker.js', import.meta.url);
