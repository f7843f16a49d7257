import { join } from 'node:path';
import { build, install, root, runNode } from './set-up.mjs';

/** `npm run demo`: builds what is missing, serves the demo on this machine and opens it (`-- --open false` leaves it closed). */
install();
build();
runNode(join(root, 'node_modules', 'vite', 'bin', 'vite.js'), [
  'preview',
  join(root, 'apps', 'demo'),
  '--open',
  ...process.argv.slice(2),
]);
