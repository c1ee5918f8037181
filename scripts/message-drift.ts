/** What Kafka's definitions have that our schemas lack or say otherwise. */
import type { Message, Shape } from '../src/wire/index.ts';
import { contains, type FieldDefinition, type MessageDefinition } from './message-definitions.ts';

export interface Known {
  readonly message: Message;
  /** Only for requests. */
  readonly api?: { readonly listeners: readonly string[]; readonly latestVersionUnstable: boolean };
}

/** One line per difference, none where we agree. */
export function driftOf(theirs: MessageDefinition, ours: Known | undefined): string[] {
  const { low, high } = theirs.versions;
  if (ours === undefined) return [`${theirs.name}: not known (${theirs.type}, versions ${low}-${high})`];
  const { message, api } = ours;
  const lines: string[] = [];
  const compare = (what: string, mine: unknown, kafkas: unknown): void => {
    if (String(mine) !== String(kafkas))
      lines.push(`${theirs.name}: ${what} is ${String(kafkas)}, ours ${String(mine)}`);
  };
  compare('api key', message.apiKey, theirs.apiKey);
  compare('version range', message.versions.join('-'), `${low}-${high}`);
  compare('first flexible version', message.flexibleSince, theirs.flexibleSince);
  if (theirs.type === 'request') {
    compare('listeners', api?.listeners, theirs.listeners);
    compare('latest version unstable', api?.latestVersionUnstable, theirs.latestVersionUnstable);
  }
  return [...lines, ...fieldDrift(theirs, message)];
}

/** A field that differs in several versions is one line naming them all. */
function fieldDrift(theirs: MessageDefinition, message: Message): string[] {
  const differing = new Map<string, number[]>();
  for (let version = theirs.versions.low; version <= theirs.versions.high; version++) {
    const kafkas = linesOfDefinition(theirs, version);
    const mine = linesOfMessage(message, version);
    const differences = [
      ...kafkas.filter((line) => !mine.includes(line)).map((line) => `Kafka has ${line}`),
      ...mine.filter((line) => !kafkas.includes(line)).map((line) => `Kafka lacks ${line}`),
    ];
    if (differences.length === 0 && kafkas.join() !== mine.join()) differences.push('the order of fields differs');
    for (const line of differences) differing.set(line, [...(differing.get(line) ?? []), version]);
  }
  return [...differing].map(([line, versions]) => `${theirs.name} v${versions.join(',')}: ${line}`);
}

interface FieldLine {
  readonly path: string;
  readonly kind: string;
  readonly isNullable: boolean;
  readonly isCompact: boolean;
  readonly tag: number | undefined;
  readonly default: unknown;
  readonly isIgnorable: boolean;
}

function lineOf(field: FieldLine): string {
  const words = [field.kind];
  if (field.isNullable) words.push('nullable');
  if (!field.isCompact) words.push('never compact');
  if (field.tag !== undefined) words.push(`tag ${field.tag}`);
  if (field.isIgnorable) words.push('ignorable');
  return `${field.path}: ${words.join(', ')}, default ${String(field.default)}`;
}

/** All there is to say about each field of a version, in wire order with tagged fields last. */
function linesOfDefinition(message: MessageDefinition, version: number): string[] {
  const visit = (fields: readonly FieldDefinition[], path: string): string[] => {
    const here = fields.filter((field) => contains(field.versions, version));
    return tagsLast(here, (field) => field.tag).flatMap((field) => {
      const own = `${path}.${field.name}`;
      const kind = field.struct ? 'struct' : field.type;
      const line = lineOf({
        path: own,
        kind: field.isArray ? `array of ${kind}` : kind,
        isNullable: contains(field.nullable, version),
        isCompact: !field.neverCompact,
        tag: field.tag,
        default: defaultOfDefinition(field),
        isIgnorable: field.ignorable,
      });
      return [line, ...(field.struct ? visit(field.struct.fields, own) : [])];
    });
  };
  return visit(message.fields, '');
}

function defaultOfDefinition(field: FieldDefinition): unknown {
  if (field.default === 'null' || field.type === 'records') return null;
  if (field.isArray || field.struct) return 'empty';
  switch (field.type) {
    case 'bool':
      return field.default === 'true';
    case 'string':
      return field.default ?? '';
    case 'bytes':
      return '';
    case 'uuid':
      return 'A'.repeat(22);
    default:
      return Number(field.default ?? 0);
  }
}

function linesOfMessage(message: Message, version: number): string[] {
  const visit = (shape: Shape, path: string): string[] => {
    const here = Object.entries(shape).filter(([, { spec }]) => version >= spec.since && version <= spec.until);
    return tagsLast(here, ([, { spec }]) => spec.tag).flatMap(([name, { spec }]) => {
      const own = `${path}.${name}`;
      const line = lineOf({
        path: own,
        kind: spec.element ? `array of ${spec.element.spec.kind}` : spec.kind,
        isNullable: version >= spec.nullableSince,
        isCompact: spec.compactable,
        tag: spec.tag,
        default: spec.default === undefined ? 'empty' : spec.default,
        isIgnorable: spec.ignorable,
      });
      const inner = spec.shape ?? spec.element?.spec.shape;
      return [line, ...(inner ? visit(inner, own) : [])];
    });
  };
  return visit(message.shape, '');
}

function tagsLast<T>(fields: readonly T[], tagOf: (field: T) => number | undefined): T[] {
  const tagged = fields.filter((field) => tagOf(field) !== undefined);
  tagged.sort((a, b) => (tagOf(a) as number) - (tagOf(b) as number));
  return [...fields.filter((field) => tagOf(field) === undefined), ...tagged];
}
