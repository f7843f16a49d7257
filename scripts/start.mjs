import { join } from 'node:path';
import { build, install, root, runNode } from './set-up.mjs';

/** `npm start`: installs and builds what is missing, then runs `mcore quickstart` with the arguments given. */
install();
build();
runNode(join(root, 'apps', 'cli', 'dist', 'main.js'), ['quickstart', ...process.argv.slice(2)]);
