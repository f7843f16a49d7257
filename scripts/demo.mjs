import { join } from 'node:path';
import { build, install, root, runNode } from './set-up.mjs';

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
runNode(join(root, 'node_modules', 'vite', 'bin', 'vite.js'), ['preview', join(root, 'apps', 'demo'), ...options]);
