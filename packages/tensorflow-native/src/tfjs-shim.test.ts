import { join } from 'node:path';
import { temporaryFolder, write } from '@mcore/testing/temporary-folder';
import { expect, it } from 'vitest';
import { runCommand } from './run-command.js';
import { adaptTfjsNode, CORE_SYMBOL } from './tfjs-shim.js';

it("gives tfjs-node's files the program's core and the functions Node removed from util", async () => {
  const folder = temporaryFolder();
  write(
    join(folder, 'dist', 'kernels', 'op.js'),
    `var util_1 = require("util");
var core = require("@tensorflow/tfjs-core");
var tfjs = require("@tensorflow/tfjs");
console.log(core === tfjs, core.mark, util_1.isNullOrUndefined(null), util_1.isNullOrUndefined(0), util_1.isArray([]),
  typeof util_1.promisify);`,
  );
  adaptTfjsNode(folder);
  const code = `globalThis[Symbol.for('${CORE_SYMBOL}')] = { mark: 'ours' }; require(process.argv[1]);`;
  const result = await runCommand(process.execPath, [
    '--throw-deprecation',
    '-e',
    code,
    join(folder, 'dist/kernels/op.js'),
  ]);
  expect(result).toEqual({ status: 0, stdout: 'true ours true false true function\n', stderr: '' });
});
