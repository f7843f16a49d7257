import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { root } from '../../scripts/packages.mjs';

/** Something a package exports, where it is declared. */
export interface ExportedSymbol {
  name: string;
  file: string;
  declarations: ts.Node[];
}

const parsed = new Map<string, ts.SourceFile>();

function parse(file: string): ts.SourceFile {
  let source = parsed.get(file);
  if (!source) {
    source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
    parsed.set(file, source);
  }
  return source;
}

/** The file an import leads to: a neighbour, or another package's sources; undefined for foreign packages. */
function resolveImport(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(from), specifier.replace(/\.js$/, '.ts'));
  const [, name, entry = 'index'] = /^@mcore\/([a-z-]+)(?:\/([a-z-]+))?$/.exec(specifier) ?? [];
  return name === undefined ? undefined : join(root, 'packages', name, 'src', `${entry}.ts`);
}

/**
 * What a module exports, by its syntax alone (no type checker, so that all packages take a second): named exports, named
 * re-exports and imports that are exported again. `export *` is an error, since index files here have none.
 */
export function exportedSymbols(file: string): ExportedSymbol[] {
  const source = parse(file);
  return source.statements.flatMap((statement): ExportedSymbol[] => {
    if (ts.isExportDeclaration(statement)) {
      if (!statement.exportClause || !ts.isNamedExports(statement.exportClause)) {
        throw new Error(`${file}: expected named exports only, got ${statement.getText()}`);
      }
      const specifier = statement.moduleSpecifier;
      return statement.exportClause.elements.map((element) => {
        const inner = (element.propertyName ?? element.name).text;
        const found = specifier
          ? through(file, (specifier as ts.StringLiteral).text, inner)
          : findDeclaration(file, inner);
        return { ...found, name: element.name.text };
      });
    }
    return isExported(statement) ? declaredNames(statement).map((name) => findDeclaration(file, name)) : [];
  });
}

function through(file: string, specifier: string, name: string): ExportedSymbol {
  const target = resolveImport(file, specifier);
  if (target === undefined || !existsSync(target)) {
    throw new Error(`${file}: cannot follow "${name}" to ${specifier}`);
  }
  const found = exportedSymbols(target).find((symbol) => symbol.name === name);
  if (!found) throw new Error(`${file}: ${specifier} exports no "${name}"`);
  return found;
}

function findDeclaration(file: string, name: string): ExportedSymbol {
  const { statements } = parse(file);
  const declarations = statements.filter((statement) => declaredNames(statement).includes(name));
  if (declarations.length > 0) return { name, file, declarations };
  for (const statement of statements) {
    if (!ts.isImportDeclaration(statement) || !statement.importClause?.namedBindings) continue;
    if (!ts.isNamedImports(statement.importClause.namedBindings)) continue;
    const element = statement.importClause.namedBindings.elements.find((each) => each.name.text === name);
    if (element) {
      return through(
        file,
        (statement.moduleSpecifier as ts.StringLiteral).text,
        (element.propertyName ?? element.name).text,
      );
    }
  }
  throw new Error(`${file}: expected a declaration of "${name}", found none`);
}

function isExported(statement: ts.Statement): boolean {
  return (ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : []).some(
    ({ kind }) => kind === ts.SyntaxKind.ExportKeyword,
  );
}

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  }
  const named =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return named && statement.name ? [statement.name.text] : [];
}

/** Whether a node has a documentation comment with words in it. */
export function isDocumented(node: ts.Node): boolean {
  return ts
    .getJSDocCommentsAndTags(node)
    .some((part) => ts.isJSDoc(part) && (ts.getTextOfJSDocComment(part.comment) ?? '').trim() !== '');
}

/**
 * Public methods and accessors of an exported class that have no comment of their own. Those of a class that implements an
 * interface inherit its comments.
 */
export function undocumentedMethods(symbol: ExportedSymbol): string[] {
  return symbol.declarations.flatMap((declaration) => {
    if (!ts.isClassDeclaration(declaration) || implementsSomething(declaration)) return [];
    const methods = declaration.members.filter(
      (member): member is ts.MethodDeclaration | ts.AccessorDeclaration =>
        (ts.isMethodDeclaration(member) || ts.isAccessor(member)) &&
        !ts.isPrivateIdentifier(member.name) &&
        !(ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)),
    );
    const documented = new Set(methods.filter(isDocumented).map((member) => member.name.getText()));
    return [...new Set(methods.map((member) => member.name.getText()))].filter((name) => !documented.has(name));
  });
}

function implementsSomething({ heritageClauses }: ts.ClassDeclaration): boolean {
  return (heritageClauses ?? []).some(({ token }) => token === ts.SyntaxKind.ImplementsKeyword);
}
