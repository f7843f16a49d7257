/**
 * Makes a message safe for a terminal and a log, since it may quote a hostile file. Escapes control characters, line ends and characters
 * that change the text direction, and cuts long messages.
 *
 * @param message - Any text.
 * @param max - Maximum length in characters, default 2,000.
 */
export function oneLine(message: string, max = 2000): string {
  const short = message.length > max ? `${message.slice(0, max)}...` : message;
  return short.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are escaped
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => escapes.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
