/** What a file that is named at the beginning of a message ends with. */
const FILE_ENDING = /\.(csv|tsv|jsonl?|ya?ml|md|html|txt|safetensors|onnx|pth?|pkl|npy|npz|mp4|mov)$/i;

/**
 * A message without the name of the function that threw it, which means nothing to people who called another one: a message of a part
 * within a larger one, or at a command line.
 *
 * @param message - As errors here are written: `caller: expected ..., got ...`. A file's name at the beginning stays.
 */
export function withoutCaller(message: string): string {
  const [whole = '', caller = ''] = /^([A-Za-z]\w*(?:\.\w+)*): (?=\S)/.exec(message) ?? [];
  return caller === '' || FILE_ENDING.test(caller) ? message : message.slice(whole.length);
}
