import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '@mcore/errors';
import { type CommandResult, lastLines, runCommand, succeeded } from './run-command.js';
import type { Wheel } from './versions.js';

/** Platform tags that glibc 2.27 serves; pip doesn't derive the older ones from the newest. */
const PLATFORMS = [
  ...Array.from({ length: 11 }, (_, i) => `manylinux_2_${27 - i}_x86_64`), // down to 2.17
  'manylinux2014_x86_64', // pip derives manylinux2010 and manylinux1 from it
];

/** Files to keep from the wheels: libraries, the headers of the C API, licences. */
const KEPT = [
  'tensorflow/libtensorflow_cc\\.so\\.2$',
  'tensorflow/libtensorflow_framework\\.so\\.2$',
  'tensorflow/THIRD_PARTY_NOTICES\\.txt$',
  'tensorflow/include/LICENSE$',
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/',
  'tensorflow/include/(xla/)?tsl/platform/ctstring',
  'tensorflow/include/xla/tsl/c/',
  'nvidia/[^/]+/(lib|bin|nvvm)/',
  '[^/]+\\.dist-info/(.*LICENSE.*|.*License.*|METADATA)$',
].join('|');

/** Python: `argv` is archive, folder, pattern of the names to keep, and how many leading folders to drop. */
const UNPACK = `
import os, re, sys, tarfile, zipfile
archive, folder, pattern, strip = sys.argv[1], os.path.realpath(sys.argv[2]), re.compile(sys.argv[3]), int(sys.argv[4])
def save(name, source):
    parts = name.split('/')[strip:]
    path = os.path.join(folder, *parts)
    if not os.path.realpath(path).startswith(folder + os.sep): raise SystemExit('unsafe path in archive: ' + name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as out:
        while True:
            block = source.read(1 << 20)
            if not block: break
            out.write(block)
if archive.endswith('.whl'):
    with zipfile.ZipFile(archive) as z:
        for name in z.namelist():
            if not name.endswith('/') and pattern.match(name):
                with z.open(name) as source: save(name, source)
else:
    with tarfile.open(archive) as t:
        for member in t:
            if member.isfile() and pattern.match(member.name): save(member.name, t.extractfile(member))
`;

/** What the downloads need. */
export interface DownloadContext {
  /** A Python 3 with pip. */
  readonly python: string;
  /** Where archives are kept while they are needed. */
  readonly folder: string;
  readonly onOutput?: (text: string) => void;
}

/**
 * Downloads one wheel with pip, for a fixed Python tag, and unpacks the parts that are needed.
 *
 * @param wheel - What to get.
 * @param into - Folder that gets `tensorflow/`, `nvidia/` and the `.dist-info` folders.
 * @param context - See {@link DownloadContext}.
 * @returns The wheel's file name.
 * @throws {@link EngineError} that distinguishes a missing network, a missing wheel and a full disk.
 */
export async function downloadWheel(wheel: Wheel, into: string, context: DownloadContext): Promise<string> {
  const requirements = join(context.folder, 'requirements.txt');
  const hash = wheel.sha256 === undefined ? '' : ` --hash=sha256:${wheel.sha256}`;
  writeFileSync(requirements, `${wheel.requirement}${hash}\n`);
  const target = join(context.folder, 'wheel');
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--python-version', '3.12'];
  const result = await runCommand(
    context.python,
    [...args, ...PLATFORMS.flatMap((tag) => ['--platform', tag]), '-d', target, '-r', requirements],
    context.onOutput === undefined ? {} : { onOutput: context.onOutput },
  );
  if (!succeeded(result)) throw explainDownload(wheel.requirement, 'pip', result);
  const [file] = readdirSync(target);
  await unpack(join(target, file!), into, KEPT, 0, context);
  rmSync(target, { recursive: true });
  return file!;
}

/**
 * Downloads a package with npm, as configured for the user, and unpacks it without its dependencies.
 *
 * @param specifier - `name@version`.
 * @param into - Folder that gets the package's files.
 * @param context - See {@link DownloadContext}.
 * @throws {@link EngineError} as {@link downloadWheel}.
 */
export async function downloadPackage(specifier: string, into: string, context: DownloadContext): Promise<void> {
  // npm sets npm_execpath for what it runs, npx included; otherwise it is on the PATH
  const script = process.env.npm_execpath;
  const [program, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  const result = await runCommand(program, [
    ...first,
    'pack',
    '--json',
    '--pack-destination',
    context.folder,
    specifier,
  ]);
  if (!succeeded(result)) throw explainDownload(specifier, 'npm', result);
  const archive = join(context.folder, readdirSync(context.folder).find((name) => name.endsWith('.tgz'))!);
  await unpack(archive, into, '.', 1, context); // the files are in package/
  rmSync(archive);
}

async function unpack(
  archive: string,
  into: string,
  pattern: string,
  strip: number,
  { python }: DownloadContext,
): Promise<void> {
  const result = await runCommand(python, ['-c', UNPACK, archive, into, pattern, String(strip)]);
  if (!succeeded(result)) throw explainDownload(archive, 'unpacking', result);
}

/**
 * Turns the output of pip, npm or the unpacking into an error.
 *
 * @param what - What was to be downloaded.
 * @param tool - Which tool failed.
 * @param result - How it ended.
 * @returns The error to throw.
 */
export function explainDownload(what: string, tool: 'pip' | 'npm' | 'unpacking', result: CommandResult): EngineError {
  const text = `${result.stdout}\n${result.stderr}`;
  const start = `installTensorflow: ${tool === 'unpacking' ? 'unpacking' : `${tool} could not download`} ${what}`;
  const end = `${tool} said:\n${lastLines(result)}`;
  if (result.failure === 'ENOENT') {
    return new EngineError(
      `${start}${tool === 'npm' ? ': npm is not on the PATH. Install it, or run this through npx' : ''}.`,
    );
  }
  if (/No space left on device|ENOSPC|Errno 28/.test(text)) {
    return new EngineError(
      `${start}: the disk is full. Free some space, or set XDG_CACHE_HOME and TMPDIR to a larger disk. ${end}`,
    );
  }
  if (/THESE PACKAGES DO NOT MATCH THE HASHES/i.test(text)) {
    return new EngineError(
      `${start}: the file is not the one that TensorFlow published (its SHA-256 differs). Something on the way, such as a proxy, changed it. ${end}`,
    );
  }
  if (
    /\(from versions: none\)|NewConnectionError|Temporary failure|ConnectTimeout|ReadTimeout|ProxyError|SSLError|ENOTFOUND|ETIMEDOUT|ECONNREFUSED|EAI_AGAIN|ECONNRESET/.test(
      text,
    )
  ) {
    return new EngineError(
      `${start}: the index can't be reached, or doesn't have it. Check the network, and the proxy or mirror in ${tool}'s configuration. ${end}`,
    );
  }
  return new EngineError(`${start}. ${end}`);
}
