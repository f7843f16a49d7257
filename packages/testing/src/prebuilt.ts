import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** What kind of file an addon is, read from its first bytes. */
interface AddonFormat {
  readonly format: 'ELF' | 'Mach-O' | 'PE' | 'unknown';
  readonly processor: 'x64' | 'arm64' | 'unknown';
  /** Whether it carries a code signature, which macOS asks for on ARM. */
  readonly isSigned: boolean;
  /** Whether it names the function by which Node registers an addon. */
  readonly hasEntry: boolean;
}

/** The formats of all platforms that have prebuilt addons. */
const EXPECTED_FORMATS = [
  ['linux-x64', { format: 'ELF', processor: 'x64', isSigned: false }],
  ['linux-arm64', { format: 'ELF', processor: 'arm64', isSigned: false }],
  ['darwin-x64', { format: 'Mach-O', processor: 'x64', isSigned: false }],
  ['darwin-arm64', { format: 'Mach-O', processor: 'arm64', isSigned: true }],
  ['win32-x64', { format: 'PE', processor: 'x64', isSigned: false }],
] as const;

/** The prebuilt addons of a package, and what its build scripts say of them. */
export interface PrebuiltAddons {
  readonly folder: string;
  readonly platforms: readonly string[];
  /** SHA-256 of the C files as they are now. */
  readonly sourcesHash: () => string;
  /** SHA-256 of each addon in a folder, by platform. */
  readonly hashPrebuilt: (folder: string) => Record<string, string>;
}

/** Declares tests of a package's addons: their size, their record of what they were compiled from, and their formats. */
export function testPrebuilt({ folder, platforms, sourcesHash, hashPrebuilt }: PrebuiltAddons): void {
  const pathOf = (platform: string) => join(folder, `${platform}.node`);

  it('is at most 300 kB for every platform', () => {
    for (const platform of platforms) expect(readFileSync(pathOf(platform)).length).toBeLessThan(300_000);
  });

  it('was compiled from these C files for every platform', () => {
    const { sources, files } = JSON.parse(readFileSync(join(folder, 'built-from.json'), 'utf8'));
    expect(sources).toBe(sourcesHash());
    expect(files).toEqual(hashPrebuilt(folder));
    expect(Object.keys(files)).toEqual(platforms);
  });

  it.each(EXPECTED_FORMATS)('has the format of %s', (platform, expected) => {
    expect(addonFormat(pathOf(platform))).toEqual({ ...expected, hasEntry: true });
  });
}

/** Reads the format of a prebuilt addon, also of platforms that can't be run here. */
function addonFormat(file: string): AddonFormat {
  const bytes = readFileSync(file);
  return { ...headerOf(bytes), hasEntry: bytes.includes('napi_register_module_v1') };
}

/** The addon for the platform this runs on. */
export function prebuiltHere(folder: string): string {
  return join(folder, `${process.platform}-${process.arch}.node`);
}

function headerOf(bytes: Buffer): Omit<AddonFormat, 'hasEntry'> {
  if (bytes.readUInt32BE(0) === 0x7f454c46) {
    const machine = bytes.readUInt16LE(18);
    return { format: 'ELF', processor: nameOf({ x64: 62, arm64: 183 }, machine), isSigned: false };
  }
  if (bytes.readUInt32LE(0) === 0xfeedfacf) {
    const processor = nameOf({ x64: 0x01000007, arm64: 0x0100000c }, bytes.readUInt32LE(4));
    return { format: 'Mach-O', processor, isSigned: commandsOf(bytes).includes(0x1d) };
  }
  if (bytes.toString('latin1', 0, 2) === 'MZ') {
    const machine = bytes.readUInt16LE(bytes.readUInt32LE(0x3c) + 4);
    return { format: 'PE', processor: nameOf({ x64: 0x8664, arm64: 0xaa64 }, machine), isSigned: false };
  }
  return { format: 'unknown', processor: 'unknown', isSigned: false };
}

function nameOf(codes: { x64: number; arm64: number }, code: number): AddonFormat['processor'] {
  return code === codes.x64 ? 'x64' : code === codes.arm64 ? 'arm64' : 'unknown';
}

/** The kinds of a Mach-O file's load commands, which must fill exactly the room its header gives them. */
function commandsOf(bytes: Buffer): number[] {
  const [count, size] = [bytes.readUInt32LE(16), bytes.readUInt32LE(20)];
  const kinds: number[] = [];
  let at = 32;
  for (let index = 0; index < count; index++) {
    kinds.push(bytes.readUInt32LE(at));
    at += bytes.readUInt32LE(at + 4);
  }
  if (at !== 32 + size) throw new Error(`expected load commands of ${size} bytes, got ${at - 32}`);
  return kinds;
}
