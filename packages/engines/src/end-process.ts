/**
 * Ends a Node program that used an engine, once everything it wrote is out.
 *
 * A program on `webgpu` can stay alive after its last line: Dawn lives as long as `navigator.gpu` is referenced, and
 * deleting that reference has crashed some of its versions (dawn-gpu/node-webgpu issue 18). Ending the process is what
 * works with all of them. Command line programs call it last; others are fine with `engine.dispose()`.
 *
 * @param status - Exit status; default `process.exitCode`, or 0.
 */
export async function endProcess(status: number = Number(process.exitCode ?? 0)): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
  process.exit(status);
}
