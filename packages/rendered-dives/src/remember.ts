/** From a cache that forgets what was not used for longest. */
export function remember<T>(cache: Map<string, T>, key: string, limit: number, make: () => T): T {
  const value = cache.get(key) ?? make();
  cache.delete(key);
  cache.set(key, value);
  if (cache.size > limit) {
    cache.delete(cache.keys().next().value!);
  }
  return value;
}
