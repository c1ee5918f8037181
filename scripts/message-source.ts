/** Writes a definition of Kafka's in the words of our schema language. */
import { format } from 'prettier';
import type { FieldDefinition, MessageDefinition, StructDefinition, Versions } from './message-definitions.ts';

export interface MessageFile {
  /** Below `src/wire/messages`, without `.ts`. */
  readonly path: string;
  readonly about: string;
  readonly messages: readonly { readonly definition: MessageDefinition; readonly about: string | undefined }[];
}

export async function sourceOf(file: MessageFile): Promise<string> {
  const words = new Set<string>(['message']);
  const structs = new CommonStructs();
  const parts: string[] = [];
  for (const { definition, about } of file.messages) {
    const shape = shapeOf(definition.fields, { message: definition, versions: definition.versions, words, structs });
    const doc = about === undefined ? '' : comment([about]);
    const { name } = definition;
    parts.push(`${structs.takeNew()}${doc}export const ${name} = message('${name}', ${factsOf(definition)}, () => (${shape}));
      export type ${name} = Infer<typeof ${name}>;`);
  }
  const up = file.path.includes('/') ? '../../' : '../';
  const imports = [...[...words].sort(), 'type Infer'].join(', ');
  const text = `${comment([file.about, 'Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.'])}
    import { ${imports} } from '${up}schema.ts';

    ${parts.join('\n\n')}\n`;
  return tidy(text);
}

export const tidy = (text: string): Promise<string> =>
  format(text, { parser: 'typescript', singleQuote: true, printWidth: 120, trailingComma: 'all' });

/** A doc comment with its paragraphs wrapped to the width of our lines. */
export function comment(paragraphs: readonly string[]): string {
  const single = `/** ${paragraphs[0]} */\n`;
  if (paragraphs.length === 1 && single.length <= 120) return single;
  const lines = paragraphs.flatMap((paragraph, i) => [...(i > 0 ? [''] : []), ...wrap(paragraph, 117)]);
  return `/**\n${lines.map((line) => ` *${line && ` ${line}`}\n`).join('')} */\n`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

interface Context {
  readonly message: MessageDefinition;
  /** The versions in which the struct at hand can be there at all: what its fields need not say again. */
  readonly versions: Versions;
  readonly words: Set<string>;
  readonly structs: CommonStructs;
}

/** Structs used in several places become constants; equal ones are shared by the messages of a file. */
class CommonStructs {
  private readonly shapes = new Map<string, string>();
  private fresh: string[] = [];

  nameOf(struct: StructDefinition, shape: string, message: MessageDefinition): string {
    const plain = lowerFirst(struct.name);
    for (const name of [plain, `${lowerFirst(message.name)}${struct.name}`]) {
      if (this.shapes.get(name) === shape) return name;
      if (this.shapes.has(name)) continue;
      this.shapes.set(name, shape);
      this.fresh.push(`const ${name} = ${shape};`);
      return name;
    }
    throw new Error(`${message.name} has two structs named ${struct.name}`);
  }

  takeNew(): string {
    const text = this.fresh.map((source) => `${source}\n\n`);
    this.fresh = [];
    return text.join('');
  }
}

const lowerFirst = (text: string): string => (text[0] as string).toLowerCase() + text.slice(1);

function factsOf({ apiKey, versions, flexibleSince }: MessageDefinition): string {
  const facts = [`versions: [${versions.low}, ${versions.high}]`];
  if (apiKey >= 0) facts.unshift(`apiKey: ${apiKey}`);
  if (flexibleSince !== Infinity) facts.push(`flexibleSince: ${flexibleSince}`);
  return `{ ${facts.join(', ')} }`;
}

function shapeOf(fields: readonly FieldDefinition[], context: Context): string {
  const lines = fields.map((field) => `\n${field.name}: ${fieldSource(field, context)},`);
  return `{${lines.join('')}}`;
}

function fieldSource(field: FieldDefinition, context: Context): string {
  const { versions } = context;
  let text = typeSource(field, context);
  if (field.neverCompact) text += '.neverCompact()';
  if (field.versions.low > versions.low) text += `.since(${field.versions.low})`;
  if (field.versions.high < versions.high) text += `.until(${field.versions.high})`;
  text += nullableSource(field, versions);
  if (field.tag !== undefined) text += `.tagged(${field.tag})`;
  if (field.default !== undefined) text += `.default(${defaultSource(field)})`;
  // Set by whoever throttles, so nobody who answers should have to mention it.
  else if (field.name === 'throttleTimeMs') text += '.default(0)';
  if (field.ignorable) text += '.ignorable()';
  return text;
}

function typeSource(field: FieldDefinition, context: Context): string {
  const { words, structs, message } = context;
  if (field.struct === undefined) {
    words.add(field.type);
    if (field.isArray) words.add('array');
    return field.isArray ? `array(${field.type}())` : `${field.type}()`;
  }
  const word = field.isArray ? 'array' : 'struct';
  words.add(word);
  if (field.struct.isCommon) {
    const shape = shapeOf(field.struct.fields, { ...context, versions: message.versions });
    return `${word}(${structs.nameOf(field.struct, shape, message)})`;
  }
  const low = Math.max(context.versions.low, field.versions.low);
  const high = Math.min(context.versions.high, field.versions.high);
  return `${word}(${shapeOf(field.struct.fields, { ...context, versions: { low, high } })})`;
}

function nullableSource(field: FieldDefinition, versions: Versions): string {
  const low = Math.max(field.nullable.low, versions.low);
  const last = Math.min(field.versions.high, versions.high);
  if (low > Math.min(field.nullable.high, versions.high)) return '';
  if (field.nullable.high < last) throw new Error(`${field.name}: the schema language cannot say nullable until`);
  return low > Math.max(field.versions.low, versions.low) ? `.nullable(${low})` : '.nullable()';
}

/** Long.MAX_VALUE, as a number has it. */
const LONG_MAX = '9223372036854775807';

function defaultSource(field: FieldDefinition): string {
  const text = field.default as string;
  if (text === 'null') return 'null';
  if (field.isArray || field.struct) throw new Error(`${field.name}: a default of ${text}`);
  if (text === LONG_MAX) return '2 ** 63';
  return field.type === 'string' ? JSON.stringify(text) : text;
}
