import { join } from 'node:path';
import { build, install, root, runNode } from './set-up.mjs';

/** `npm run demo`: builds what is missing and serves the demo on this machine. */
install();
build();
runNode(join(root, 'node_modules', 'vite', 'bin', 'vite.js'), [
  'preview',
  join(root, 'apps', 'demo'),
  ...process.argv.slice(2),
]);
