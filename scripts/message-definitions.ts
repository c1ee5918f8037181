/** Kafka's own message definitions, read from its jars: what our schemas are made from and compared with. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A range of versions; empty where `low` is above `high`. */
export interface Versions {
  readonly low: number;
  readonly high: number;
}

export interface FieldDefinition {
  readonly name: string;
  readonly type: string;
  readonly isArray: boolean;
  readonly versions: Versions;
  readonly nullable: Versions;
  readonly tag: number | undefined;
  readonly ignorable: boolean;
  readonly neverCompact: boolean;
  /** As spelled in the definition; undefined where it leaves the default to the type. */
  readonly default: string | undefined;
  /** For a struct, or an array of them. */
  readonly struct: StructDefinition | undefined;
}

export interface StructDefinition {
  readonly name: string;
  /** Whether the message declares it apart from its fields, to be used in several places. */
  readonly isCommon: boolean;
  readonly fields: readonly FieldDefinition[];
}

export interface MessageDefinition {
  readonly name: string;
  /** request, response, header, data, metadata, coordinator-key or coordinator-value */
  readonly type: string;
  readonly apiKey: number;
  readonly listeners: readonly string[];
  readonly latestVersionUnstable: boolean;
  readonly versions: Versions;
  readonly flexibleSince: number;
  readonly fields: readonly FieldDefinition[];
}

interface JsonField {
  name: string;
  type: string;
  versions?: string;
  nullableVersions?: string;
  taggedVersions?: string;
  flexibleVersions?: string;
  tag?: number;
  default?: string | number | boolean | null;
  ignorable?: boolean | 'true' | 'false';
  fields?: JsonField[];
}

interface JsonMessage {
  name: string;
  type: string;
  apiKey?: number;
  listeners?: string[];
  latestVersionUnstable?: boolean;
  validVersions: string;
  flexibleVersions?: string;
  fields?: JsonField[];
  commonStructs?: { name: string; fields: JsonField[] }[];
}

/** Hashes, of which every bit counts: a number of JavaScript would lose some. */
const hashes = new Set(['MetadataHash']);

const scalars = new Set('bool int8 int16 uint16 int32 uint32 int64 float64 string uuid bytes records'.split(' '));

/** The messages of the jars, or of folders of definitions or of jars, that still have a version. */
export function readDefinitions(paths: readonly string[]): MessageDefinition[] {
  const texts = paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return textsOfJar(path);
    const jars = readdirSync(path).filter((name) => /^kafka-.*\.jar$/.test(name));
    return jars.length > 0 ? jars.flatMap((name) => textsOfJar(join(path, name))) : textsOfFolder(path);
  });
  const messages = texts
    .map((text) => JSON.parse(withoutComments(text)) as JsonMessage)
    .filter((json) => json.validVersions !== undefined && json.validVersions !== 'none')
    .map(define);
  return messages.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Definitions are JSON with comments; strings may hold slashes too. */
function withoutComments(text: string): string {
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|\/\/.*|\/\*[^]*?\*\//g, (_, string: string | undefined) => string ?? '');
}

function textsOfJar(jar: string): string[] {
  const names = execFileSync('unzip', ['-Z1', jar], { encoding: 'utf8', maxBuffer: 1 << 26 }).split('\n');
  if (!names.some((name) => /(message|metadata)\/\w+\.json$/.test(name))) return [];
  const folder = mkdtempSync(join(tmpdir(), 'messages-'));
  try {
    execFileSync('unzip', ['-qoj', jar, '*message/*.json', '*metadata/*.json', '-d', folder], { stdio: 'pipe' });
  } catch (error) {
    // unzip says 11 where one of the patterns matched nothing.
    if ((error as { status?: number }).status !== 11) throw error;
  }
  const texts = textsOfFolder(folder);
  rmSync(folder, { recursive: true });
  return texts;
}

function textsOfFolder(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  return names.map((name) => readFileSync(join(folder, name), 'utf8'));
}

const none: Versions = { low: 1, high: 0 };

function versionsOf(text = 'none', otherwise = none): Versions {
  if (text === 'none') return otherwise;
  if (text.endsWith('+')) return { low: Number(text.slice(0, -1)), high: Infinity };
  const [low, high = low] = text.split('-').map(Number);
  return { low: low as number, high: high as number };
}

export const contains = (versions: Versions, version: number): boolean =>
  version >= versions.low && version <= versions.high;

function define(json: JsonMessage): MessageDefinition {
  const versions = versionsOf(json.validVersions);
  const flexible = versionsOf(json.flexibleVersions);
  const common = new Map((json.commonStructs ?? []).map((struct) => [struct.name, struct.fields]));

  const fieldOf = (field: JsonField): FieldDefinition => {
    const type = field.type.replace('[]', '');
    const fields = field.fields ?? common.get(type);
    if (fields === undefined && !scalars.has(type)) throw new Error(`${json.name}: unknown type ${field.type}`);
    if (field.taggedVersions !== undefined && (field.versions ?? field.taggedVersions) !== field.taggedVersions) {
      throw new Error(`${json.name}.${field.name}: the schema language cannot say tagged in some versions only`);
    }
    return {
      name: (field.name[0] as string).toLowerCase() + field.name.slice(1),
      type: hashes.has(field.name) ? 'bigint64' : type,
      isArray: field.type.startsWith('[]'),
      versions: versionsOf(field.versions ?? field.taggedVersions),
      nullable: versionsOf(field.nullableVersions),
      tag: field.taggedVersions === undefined ? undefined : field.tag,
      ignorable: String(field.ignorable) === 'true',
      neverCompact: field.flexibleVersions === 'none',
      default: field.default === undefined || field.default === null ? undefined : String(field.default),
      struct: fields && { name: type, isCommon: field.fields === undefined, fields: fields.filter(lives).map(fieldOf) },
    };
  };
  const lives = (field: JsonField): boolean => {
    const { low, high } = versionsOf(field.versions ?? field.taggedVersions);
    return low <= versions.high && high >= versions.low;
  };

  return {
    name: json.name,
    type: json.type,
    apiKey: json.apiKey ?? -1,
    listeners: json.listeners ?? [],
    latestVersionUnstable: json.latestVersionUnstable ?? false,
    versions,
    flexibleSince: flexible.low <= versions.high && flexible.high > 0 ? flexible.low : Infinity,
    fields: (json.fields ?? []).filter(lives).map(fieldOf),
  };
}
