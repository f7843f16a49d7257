import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { writeVideo } from '@mcore/rendered-dives/node';
import { because, NOT_BUILT } from '@mcore/testing/skips';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { root } from '../scripts/packages.mjs';

const folder = mkdtempSync(join(tmpdir(), 'mcore-deploy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const main = join(root, 'apps', 'cli', 'dist', 'main.js');
const unbuilt = because(existsSync(main) ? null : NOT_BUILT);
const files = (path: string) => readdirSync(join(root, 'deploy', path)).map((name) => join(root, 'deploy', path, name));
const scripts = files('slurm').filter((file) => file.endsWith('.sbatch'));
const manifests = files('kubernetes').filter((file) => file.endsWith('.yaml'));

/** Why a test is skipped: the program is not there, or does not work. */
function without(program: string, ...check: string[]): string {
  return because(spawnSync(program, check).status === 0 ? null : `${program} does not work here`);
}

function passes(program: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  expect(status, `${stdout}${stderr}`).toBe(0);
}

const helps = new Map<string, string>();

/** Options of a command that its help does not have. */
function unknownOptions(args: readonly string[]): string[] {
  const command = args.slice(0, args[0] === 'queue' ? 2 : 1);
  const key = command.join(' ');
  if (!helps.has(key)) {
    helps.set(key, spawnSync(process.execPath, [main, ...command, '--help'], { encoding: 'utf8' }).stdout);
  }
  return args.filter((argument) => argument.startsWith('--') && !helps.get(key)!.includes(`${argument} `));
}

describe('deploy/slurm', () => {
  const noBash = process.platform === 'win32' ? because('Slurm is not for Windows') : without('bash', '--version');

  it.skipIf(noBash || unbuilt)(
    `score.sbatch as every element of an array, then merge.sbatch, give what one process gives${noBash || unbuilt}`,
    async () => {
      const clips = fineDivingLabels.filter(({ split }) => split === 'test').slice(0, 2);
      for (const clip of clips) await writeVideo(join(folder, `${clip.id}.mp4`), clip, { height: 48 });
      writeFileSync(
        join(folder, 'videos.txt'),
        clips.map(({ id, diveNumber }) => `${id}.mp4\t${diveNumber}\n`).join(''),
      );
      mkdirSync(join(folder, 'bin'));
      writeFileSync(join(folder, 'bin', 'mcore'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
      chmodSync(join(folder, 'bin', 'mcore'), 0o755);
      const submit = (script: string, environment: Record<string, string>) => {
        const env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`, ...environment };
        const { status, stderr } = spawnSync('bash', [join(root, 'deploy', 'slurm', script)], { cwd: folder, env });
        expect(status, String(stderr)).toBe(0);
      };
      for (const element of ['0', '1']) {
        submit('score.sbatch', {
          ...{ VIDEOS: 'videos.txt', MCORE_OPTIONS: '--engine wasm', SLURM_CPUS_PER_TASK: '1' },
          ...{ SLURM_ARRAY_TASK_ID: element, SLURM_ARRAY_TASK_COUNT: '2', SLURM_ARRAY_TASK_MIN: '0' },
        });
      }
      expect(readdirSync(join(folder, 'scores'))).toHaveLength(2);
      submit('merge.sbatch', {});
      const args = [main, 'score', '--list', 'videos.txt', '--engine', 'wasm', '--json'];
      const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
      expect(readFileSync(join(folder, 'merged.json'), 'utf8')).toBe(stdout);
    },
    120_000,
  );

  it.skipIf(noBash)(`is bash${noBash}`, () => {
    for (const script of scripts) passes('bash', ['-n', script]);
  });

  const noShellcheck = without('shellcheck', '--version');
  it.skipIf(noShellcheck)(`passes shellcheck${noShellcheck}`, () => passes('shellcheck', scripts));

  const noSlurm = without('sinfo', '--noheader');
  it.skipIf(noSlurm)(`is accepted by sbatch --test-only${noSlurm}`, () => {
    for (const script of scripts) passes('sbatch', ['--test-only', '--mem=1', '--cpus-per-task=1', script]);
  });

  it.skipIf(unbuilt)(`uses options that mcore has${unbuilt}`, () => {
    for (const script of scripts) {
      const call = /^exec "\$\{command\[@\]\}" (.+)$/m.exec(readFileSync(script, 'utf8'))![1]!;
      expect(unknownOptions(call.split(' '))).toEqual([]);
    }
  });
});

describe('deploy/kubernetes', () => {
  interface Container {
    args: string[];
    env?: { name: string; value: string }[];
  }
  interface Manifest {
    kind: string;
    metadata: { name: string };
    spec: { completionMode?: string; completions?: number; template?: { spec: { containers: Container[] } } };
  }
  const documents = manifests.flatMap((file) =>
    parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Manifest),
  );
  const jobs = documents.filter(({ kind }) => kind === 'Job');

  const noValidator = without('kubernetes-validate', '--version');
  it.skipIf(noValidator)(`fits the schemas of Kubernetes 1.29 and 1.37, strictly${noValidator}`, () => {
    for (const version of ['1.29', '1.37']) {
      passes('kubernetes-validate', ['--strict', '--kubernetes-version', version, ...manifests]);
    }
  });

  it('Indexed Jobs tell their pods how many they are', () => {
    const indexed = jobs.filter(({ spec }) => spec.completionMode === 'Indexed');
    expect(indexed.map(({ metadata }) => metadata.name)).toEqual(['mcore-benchmark', 'mcore-score']);
    for (const { spec } of indexed) {
      const { env } = spec.template!.spec.containers[0]!;
      expect(env).toContainEqual({ name: 'MCORE_SHARDS', value: String(spec.completions) });
    }
  });

  it.skipIf(unbuilt)(`uses options that mcore has${unbuilt}`, () => {
    expect(jobs).toHaveLength(5);
    for (const { spec } of jobs) expect(unknownOptions(spec.template!.spec.containers[0]!.args)).toEqual([]);
  });
});

describe('deploy/container', () => {
  const noHadolint = without('hadolint', '--version');
  it.skipIf(noHadolint)(`passes hadolint${noHadolint}`, () => {
    passes('hadolint', [join(root, 'deploy', 'container', 'Dockerfile')]);
  });
});
