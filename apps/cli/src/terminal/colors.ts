import pc from 'picocolors';

/** Colours for text on standard output and on standard error: where a person reads it, and never in a file or a pipe. */
export const [outColors, errorColors] = [process.stdout, process.stderr].map((stream) =>
  pc.createColors(stream.isTTY === true && !process.env.NO_COLOR),
) as [ReturnType<typeof pc.createColors>, ReturnType<typeof pc.createColors>];
