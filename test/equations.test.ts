import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

interface Row {
  equation: number;
  code: string;
  file: string;
}

/** The table of ARCHITECTURE.md, "The paper's equations". */
const rows: Row[] = read('ARCHITECTURE.md')
  .split('<!-- equations:')[1]!
  .split('<!-- end of equations -->')[0]!
  .split('\n')
  .flatMap((line) => {
    const cells = /^\| (\d+) \| .+ \| `(.+)` \| \[(.+)\]\((.+)\) \|$/.exec(line);
    return cells ? [{ equation: Number(cells[1]), code: cells[2]!, file: cells[4]! }] : [];
  });

describe("ARCHITECTURE.md's table of equations", () => {
  it("has all thirteen of the paper's numbered equations in order", () => {
    expect(rows.map(({ equation }) => equation)).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
  });

  it.each(rows)('eq. $equation: $code is in $file and names its equation', ({ equation, code, file }) => {
    const declaration = find(file, code);
    expect(declaration, `${code} in ${file}`).toBeDefined();
    expect(equationsNamedIn(documentation(declaration!))).toContain(equation);
  });
});

/** The declaration of `name` or `Class.method` at the top of a file. */
function find(file: string, code: string): ts.Node | undefined {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const [first, member] = code.split('.');
  const named = source.statements.find(
    (node): node is ts.FunctionDeclaration | ts.ClassDeclaration =>
      (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && node.name?.text === first,
  );
  if (member === undefined || named === undefined) return named;
  return (named as ts.ClassDeclaration).members.find((node) => node.name?.getText() === member);
}

function documentation(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .map((comment) => comment.getText())
    .join('\n');
}

/** Numbers after "eq.": `eq. 12`, `eq. 1 and 2`, `eq. 4 to 8`. */
function equationsNamedIn(text: string): number[] {
  return [...text.replace(/\s*\n\s*\*\s*/g, ' ').matchAll(/eq\. (\d+)(?: (and|to) (\d+))?/g)].flatMap(
    ([, from, word, to]) => {
      const [first, last] = [Number(from), Number(to ?? from)];
      return word === 'to' ? Array.from({ length: last - first + 1 }, (_, index) => first + index) : [first, last];
    },
  );
}

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n');
}
