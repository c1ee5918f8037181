/** The rules of the house (docs/design/rooms.md), read off every import and every use of a global in src. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const root = fileURLToPath(new URL('../src', import.meta.url));

/** Rooms by floor. Imports go down the numbers: never up, never sideways. */
const FLOORS: Readonly<Record<string, number>> = {
  base: 0,
  wire: 1,
  config: 2,
  storage: 2,
  coordinator: 2,
  metadata: 3,
  security: 4,
  replication: 4,
  groups: 5,
  transactions: 5,
  registry: 5,
  server: 6,
  metrics: 6,
  console: 6,
  '': 7,
  cli: 8,
  testing: 8,
};

/** Names that may be used in some rooms only. */
const GLOBALS: Readonly<Record<string, readonly string[]>> = {
  Date: ['base'],
  performance: ['base'],
  setTimeout: ['base'],
  setInterval: ['base'],
  setImmediate: ['base'],
};
const MODULES: Readonly<Record<string, readonly string[]>> = {
  'node:fs': ['base'],
  'node:fs/promises': ['base'],
  'node:timers': ['base'],
  'node:timers/promises': ['base'],
  'node:net': ['server', 'replication', 'metrics'],
  'node:tls': ['server', 'replication'],
  'node:http': ['registry', 'metrics', 'console'],
};

interface Source {
  readonly path: string;
  readonly room: string;
  readonly tree: ts.SourceFile;
  /** The whole tree, flat. */
  readonly nodes: readonly ts.Node[];
}

const sources: Source[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.endsWith('.check.ts'))
  .map((path) => {
    const tree = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.ES2023, true);
    return { path, room: roomOf(path), tree, nodes: nodes(tree) };
  });

function roomOf(path: string): string {
  const [first = '', rest] = path.split('/', 2);
  return rest === undefined ? '' : first;
}

function at({ path, tree }: Source, node: ts.Node): string {
  return `src/${path}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

function nodes(root: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

interface Import {
  readonly from: Source;
  readonly where: string;
  readonly to: string;
}

const imports: Import[] = sources.flatMap((from) =>
  from.nodes.flatMap((node) => {
    const to =
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined;
    return to !== undefined && ts.isStringLiteral(to) ? [{ from, where: at(from, node), to: to.text }] : [];
  }),
);

const own = imports
  .filter(({ to }) => to.startsWith('.'))
  .map((each) => ({ ...each, target: relative(root, resolve(root, dirname(each.from.path), each.to)) }));

/** Identifiers that stand for a global: not a property, not a declaration or import of that name. */
function globalUses(source: Source, name: string): ts.Node[] {
  return source.nodes.filter(
    (node) =>
      ts.isIdentifier(node) &&
      node.text === name &&
      !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) &&
      !ts.isPropertyAssignment(node.parent) &&
      !ts.isTypeReferenceNode(node.parent),
  );
}

function propertyUses(source: Source, object: string, property: string): ts.Node[] {
  return source.nodes.filter(
    (node) =>
      ts.isPropertyAccessExpression(node) && node.expression.getText() === object && node.name.text === property,
  );
}

describe('rooms', () => {
  test('the sources are there', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(own.length).toBeGreaterThan(300);
  });

  test('every folder is a room with a floor', () => {
    expect(sources.filter(({ room }) => FLOORS[room] === undefined).map(({ path }) => path)).toEqual([]);
  });

  test('imports point down, never up, never sideways', () => {
    const wrong = own.filter(({ from, target }) => {
      const to = roomOf(target);
      return to !== from.room && (FLOORS[to] ?? Infinity) >= (FLOORS[from.room] ?? -1);
    });
    expect(wrong.map(({ where, to }) => `${where} imports ${to}`)).toEqual([]);
  });

  test('another room is entered by a door: an index.ts', () => {
    const wrong = own.filter(({ from, target }) => {
      const to = roomOf(target);
      return to !== from.room && to !== '' && !target.endsWith('/index.ts');
    });
    expect(wrong.map(({ where, to }) => `${where} imports ${to}`)).toEqual([]);
  });
});

describe('doors to the world', () => {
  test.each(Object.entries(GLOBALS))('%s is used in %j only', (name, rooms) => {
    const wrong = sources
      .filter(({ room }) => !rooms.includes(room))
      .flatMap((source) => globalUses(source, name).map((node) => at(source, node)));
    expect(wrong).toEqual([]);
  });

  test.each(Object.entries(MODULES))('%s is imported in %j only', (module, rooms) => {
    const wrong = imports.filter(({ from, to }) => to === module && !rooms.includes(from.room));
    expect(wrong.map(({ where }) => where)).toEqual([]);
  });

  test.each([
    ['Math', 'random'],
    ['process', 'hrtime'],
    ['crypto', 'randomBytes'],
  ])('%s.%s is used in base only', (object, property) => {
    const wrong = sources
      .filter(({ room }) => room !== 'base')
      .flatMap((source) => propertyUses(source, object, property).map((node) => at(source, node)));
    expect(wrong).toEqual([]);
  });

  test('code is generated in wire/codec.ts only', () => {
    const wrong = sources
      .filter(({ path }) => path !== 'wire/codec.ts')
      .flatMap((source) =>
        source.nodes
          .filter((node) => ts.isNewExpression(node) && node.expression.getText() === 'Function')
          .map((node) => at(source, node)),
      );
    expect(wrong).toEqual([]);
  });
});

describe('files', () => {
  test('every handler has a route', () => {
    const routed = readFileSync(join(root, 'server/routes.ts'), 'utf8');
    const handlers = sources
      .filter(({ path }) => path.startsWith('server/handlers/'))
      .map(({ path }) => path.replace('server/', './'));
    expect(handlers.filter((handler) => !routed.includes(`'${handler}'`))).toEqual([]);
  });

  test('names say what is inside', () => {
    const vague = /(^|\/)(utils?|helpers?|common|types|misc|shared)\.ts$/;
    expect(sources.map(({ path }) => path).filter((path) => vague.test(path) || !/^[a-z0-9./-]+$/.test(path))).toEqual(
      [],
    );
  });

  test('one file, one idea: none over 600 lines', () => {
    const long = sources.filter(({ tree }) => tree.getLineStarts().length > 600).map(({ path }) => path);
    expect(long).toEqual([]);
  });

  test('nothing is left for later without an end', () => {
    const marks = /\b(TODO|FIXME|XXX)\b|@ts-ignore|@ts-nocheck|eslint-disable/;
    const wrong = sources.flatMap(({ path, tree }) =>
      tree.text.split('\n').flatMap((line, i) => (marks.test(line) ? [`src/${path}:${i + 1}`] : [])),
    );
    expect(wrong).toEqual([]);
  });
});
