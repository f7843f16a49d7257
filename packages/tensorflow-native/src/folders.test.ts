import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder, installFolder } from './folders.js';

it.each([
  ['linux', { HOME: '/home/ada' }, '/home/ada/.cache/mcore'],
  ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: '/big/cache' }, '/big/cache/mcore'],
  ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: '' }, '/home/ada/.cache/mcore'],
  ['linux', {}, join(homedir(), '.cache', 'mcore')],
  ['darwin', { HOME: '/Users/ada', XDG_CACHE_HOME: '/x' }, '/Users/ada/Library/Caches/mcore'],
  ['win32', { LOCALAPPDATA: '/local' }, join('/local', 'mcore', 'cache')],
])('the cache folder on %s with %o is %s', (platform, environment, expected) => {
  expect(cacheFolder(environment, platform)).toBe(expected);
});

it('an installation has its versions and variant in its name', () => {
  expect(installFolder('cuda', '/cache')).toBe('/cache/tensorflow-2.21.0-cuda-tfjs-4.22.0');
});
