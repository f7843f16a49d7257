/** Registers the kernels of `@mcore/ops` for the current backend. */
export async function registerKernels(): Promise<void> {
  const ops: { registerOps?: () => Promise<void> } = await import('@mcore/ops');
  await ops.registerOps?.();
}
