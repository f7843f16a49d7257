/**
 * A message that may quote a hostile file, made fit for a terminal and a log: control characters, line ends and characters that turn
 * the direction of text are written as escapes, and what is too long is cut.
 *
 * @param message - Any text.
 * @param most - Characters that are kept; 2,000 unless given.
 */
export function oneLine(message: string, most = 2000): string {
  const short = message.length > most ? `${message.slice(0, most)}...` : message;
  return short.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => escapes.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
