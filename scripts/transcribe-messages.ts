/**
 * Writes `src/wire/messages` from the message definitions in Kafka's jars, or says where the two differ.
 *
 *   npx tsx scripts/transcribe-messages.ts JAR-OR-FOLDER...           write the files
 *   npx tsx scripts/transcribe-messages.ts --drift JAR-OR-FOLDER...   list what a (newer) Kafka has that we lack or
 *                                                                     differ from; exit 1 if anything
 *
 * A folder holds Kafka's jars or unpacked definitions. What a message is for is said in `message-notes.ts`, in our words.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readDefinitions, type MessageDefinition } from './message-definitions.ts';
import { driftOf, type Known } from './message-drift.ts';
import { apis, files, leftOut } from './message-notes.ts';
import { comment, sourceOf, tidy, type MessageFile } from './message-source.ts';

const target = join(import.meta.dirname, '../src/wire/messages');

const isDrift = process.argv[2] === '--drift';
const paths = process.argv.slice(isDrift ? 3 : 2);
if (paths.length === 0) {
  console.error('usage: transcribe-messages.ts [--drift] JAR-OR-FOLDER...');
  process.exit(2);
}
const definitions = readDefinitions(paths).filter(({ name }) => !(name in leftOut));
if (isDrift) await reportDrift();
else await transcribe();

async function reportDrift(): Promise<void> {
  const exported: Record<string, unknown> = await import('../src/wire/messages/index.ts');
  const { apis } = await import('../src/wire/messages/index.ts');
  const known = (theirs: MessageDefinition): Known | undefined => {
    const message = exported[theirs.name] as Known['message'] | undefined;
    const api = apis.get(theirs.apiKey);
    return message && { message, ...(api && { api }) };
  };
  const drift = definitions.flatMap((theirs) => driftOf(theirs, known(theirs)));
  for (const line of drift) console.log(line);
  const versions = definitions.reduce((sum, { versions }) => sum + versions.high - versions.low + 1, 0);
  console.log(`${definitions.length} messages, ${versions} versions of them: ${drift.length} differences`);
  if (drift.length > 0) process.exitCode = 1;
}

async function transcribe(): Promise<void> {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const take = (name: string): MessageDefinition => {
    const definition = byName.get(name);
    if (!definition) throw new Error(`no definition of ${name}`);
    byName.delete(name);
    return definition;
  };
  const requests = definitions.filter(({ type }) => type === 'request').sort((a, b) => a.apiKey - b.apiKey);
  const all: MessageFile[] = requests.map((request) => {
    const name = request.name.replace(/Request$/, '');
    const about = apis[name];
    if (about === undefined) throw new Error(`message-notes.ts does not say what ${name} is for`);
    return {
      path: kebab(name),
      about,
      messages: [request.name, `${name}Response`].map((name) => ({ definition: take(name), about: undefined })),
    };
  });
  for (const [path, { about, messages }] of Object.entries(files)) {
    const listed = Object.entries(messages).map(([name, about]) => ({ definition: take(name), about }));
    all.push({ path, about, messages: listed });
  }
  if (byName.size > 0) throw new Error(`message-notes.ts has no file for ${[...byName.keys()].join(', ')}`);

  mkdirSync(join(target, 'logs'), { recursive: true });
  for (const file of all) write(file.path, await sourceOf(file));
  write('apis', await apisSource(requests));
  write('index', await indexSource(all));
}

function write(path: string, text: string): void {
  const file = join(target, `${path}.ts`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function indexSource(all: readonly MessageFile[]): Promise<string> {
  const own = all.map(({ path }) => path).filter((path) => !path.includes('/'));
  const lines = own.map((path) => `export * from './${path}.ts';`);
  return tidy(["export { apis, type Api } from './apis.ts';", ...lines, "export * from './logs/index.ts';"].join('\n'));
}

/** The table of all APIs. */
async function apisSource(requests: readonly MessageDefinition[]): Promise<string> {
  const nameOf = (request: MessageDefinition): string => request.name.replace(/Request$/, '');
  const imports = requests.map((request) => {
    const name = nameOf(request);
    return `import { ${name}Request, ${name}Response } from './${kebab(name)}.ts';`;
  });
  const rows = requests.map((request) => {
    const name = nameOf(request);
    const listeners = request.listeners.map((listener) => `'${listener}'`).join(', ');
    const unstable = request.latestVersionUnstable ? ', true' : '';
    return `api(${name}Request, ${name}Response, [${listeners}]${unstable}),`;
  });
  const about = 'Every API of the broker and controller listeners, with the listeners that serve it.';
  return tidy(`${comment([about, 'Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.'])}
    import type { Message } from '../schema.ts';
    ${imports.join('\n')}

    export interface Api {
      readonly apiKey: number;
      /** Kafka's name of it: the request's without "Request". */
      readonly name: string;
      readonly request: Message;
      readonly response: Message;
      /** Whether Kafka hides the latest version unless unstable.api.versions.enable is set. */
      readonly latestVersionUnstable: boolean;
      readonly listeners: readonly ('broker' | 'controller')[];
    }

    const api = (request: Message, response: Message, listeners: Api['listeners'], latestVersionUnstable = false): Api => ({
      apiKey: request.apiKey,
      name: request.name.slice(0, -'Request'.length),
      request,
      response,
      latestVersionUnstable,
      listeners,
    });

    const all: readonly Api[] = [
      ${rows.join('\n  ')}
    ];

    export const apis: ReadonlyMap<number, Api> = new Map(all.map((api) => [api.apiKey, api]));
  `);
}

function kebab(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}
