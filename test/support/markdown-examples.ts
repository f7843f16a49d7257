/** A program in a Markdown text, and what the text says of it. */
export interface MarkdownExample {
  /** Line of its first fence, from 1. */
  line: number;
  code: string;
  /** What it prints, from the block after the word "prints"; undefined if missing. */
  output: string | undefined;
  /** Why it can't be run here, from `<!-- not run: REASON -->` above it. */
  notRun: string | undefined;
}

/** The JavaScript blocks of a Markdown text, in their order. */
export function markdownExamples(markdown: string): MarkdownExample[] {
  const lines = markdown.replaceAll('\r\n', '\n').split('\n');
  const blocks: { language: string; line: number; text: string; before: string }[] = [];
  let outside: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, fence, language = ''] = /^(```+)(\w*)$/.exec(lines[at]!) ?? [];
    if (fence === undefined) {
      outside.push(lines[at]!);
      continue;
    }
    const end = lines.indexOf(fence, at + 1);
    if (end < 0) throw new Error(`line ${at + 1}: expected the end of a code block, found none`);
    blocks.push({
      language,
      line: at + 1,
      text: lines.slice(at + 1, end).join('\n'),
      before: outside.join('\n').trim(),
    });
    outside = [];
    at = end;
  }
  return blocks.flatMap(({ language, line, text, before }, index) => {
    if (language !== 'js') return [];
    const next = blocks[index + 1];
    const printed = next && /(^|\s)prints:?$/i.test(next.before) ? next.text : undefined;
    return [{ line, code: text, output: printed, notRun: /<!-- not run: (.+?) -->\s*$/.exec(before)?.[1] }];
  });
}
