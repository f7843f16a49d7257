import { type CST, type Document, type LineCounter, Parser, parseDocument } from 'yaml';

/** Lists and maps within each other; a configuration has four. The library's own recursion ends the process at some thousands. */
const DEEPEST = 50;
/** Times an alias may stand for something, those within what it stands for included. */
const MOST_ALIASES = 100;

/** What is wrong with a text, and where in it. */
interface YamlProblem {
  offset: number;
  what: string;
}

/** What a text says, or what is wrong with it. */
type ParsedYaml = { problems: YamlProblem[] } | { problems: []; document: Document; value: unknown };

/** Reads YAML, or JSON (which YAML takes as it is), within limits; whatever the text is, nothing is thrown. */
export function parseYaml(text: string, lineCounter?: LineCounter): ParsedYaml {
  const deep = tooDeep(text);
  if (deep !== undefined) {
    for (const { index } of text.matchAll(/^/gm)) lineCounter?.addNewLine(index);
    return { problems: [{ offset: deep, what: `more than ${DEEPEST} lists within each other` }] };
  }
  const document = parseDocument(text, lineCounter ? { lineCounter } : {});
  if (document.errors.length > 0) {
    // the first line of the library's message; the others draw the place
    const problems = document.errors.map(({ message, pos }) => ({
      offset: pos[0],
      what: message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''),
    }));
    return { problems };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    JSON.stringify(value); // what holds itself is no configuration, and no message can quote it
    return { problems: [], document, value };
  } catch (error) {
    const cyclic = error instanceof TypeError;
    return {
      problems: [{ offset: 0, what: cyclic ? 'an alias within what it stands for' : (error as Error).message }],
    };
  }
}

/** Where lists and maps are too deep within each other, if they are; looks at the tokens without recursion. */
function tooDeep(text: string): number | undefined {
  for (const token of new Parser().parse(text)) {
    const left: [token: CST.Token | null | undefined, depth: number][] = [[token, 0]];
    for (let next = left.pop(); next; next = left.pop()) {
      const [at, depth] = next;
      if (!at) continue;
      if (depth > DEEPEST) return at.offset;
      if (at.type === 'document') left.push([at.value, depth]);
      if (!('items' in at)) continue;
      for (const { key, value } of at.items) left.push([key, depth + 1], [value, depth + 1]);
    }
  }
  return undefined;
}
