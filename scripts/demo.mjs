import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, install, root } from './set-up.mjs';

/**
 * `npm run demo`: builds what is missing, serves the demo on this machine and opens it. After `--` come options of `vite preview`,
 * such as `--port 8080`, `--base /some/where/` or `--host`; `--open false` leaves the browser closed.
 */
const options = process.argv.slice(2).flatMap((option) => (option === '--open=false' ? ['--open', 'false'] : [option]));
const open = options.indexOf('--open');
// vite takes a "false" for a page to open
if (options[open + 1] === 'false' && open >= 0) options.splice(open, 2);
else if (open < 0) options.unshift('--open');
install();
build();
// in this process, so that nothing is left behind when it is ended
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
process.argv = [process.execPath, vite, 'preview', join(root, 'apps', 'demo'), ...options];
await import(pathToFileURL(vite));
