import { assert } from '../base/index.ts';
import { canonicalDouble, splitList, wholeNumber } from './text.ts';

export type ConfigType = 'boolean' | 'string' | 'int' | 'short' | 'long' | 'double' | 'list' | 'class' | 'password';

/** Which way a broker config may change: never while running, for one broker, or also for the whole cluster. */
export type ConfigScope = 'read-only' | 'per-broker' | 'cluster-wide';

/** A long near Long.MAX_VALUE is the number 9223372036854775807; between 2^53 and there the low bits are lost. */
export type ConfigValue = boolean | number | string | readonly string[] | null;

/** What is wrong with one config, in words for its owner. Values of sensitive configs are never repeated. */
export interface ConfigProblem {
  readonly name: string;
  readonly message: string;
}

/** A value that was understood, and its text as DescribeConfigs shows it (` compact , delete ` is `compact,delete`). */
export interface ParsedConfig<T> {
  readonly value: T;
  readonly text: string;
}

/** One config of Kafka 4.3 (a ConfigDef.ConfigKey). */
export interface ConfigDefinition<T extends ConfigValue = ConfigValue> {
  readonly name: string;
  readonly type: ConfigType;
  /** As DescribeConfigs shows it; null where there is none. */
  readonly defaultValue: string | null;
  /** The default, ready for use: the value null where there is none. */
  readonly initial: ParsedConfig<T | null>;
  /** Whether Kafka insists on a value, for lack of a default. */
  readonly required: boolean;
  readonly scope: ConfigScope;
  readonly sensitive: boolean;
  /** Accepted, but left out of what DescribeConfigs lists. */
  readonly internal: boolean;
  /** Whether Ottla acts on it yet. */
  readonly obeyed: boolean;
  readonly doc: string;
  parse(text: string): ParsedConfig<NonNullable<T>> | ConfigProblem;
}

interface Options {
  /** `read-only` unless said. */
  readonly scope?: ConfigScope;
  readonly internal?: true;
  readonly obeyed?: true;
  readonly doc: string;
}
interface WithDefault<D> {
  readonly default: D;
}
interface Required {
  readonly required: true;
}
interface NumberOptions extends Options {
  readonly min?: number;
  readonly max?: number;
  /** One more value allowed outside min and max. */
  readonly or?: number;
}
interface StringOptions<V extends string> extends Options {
  readonly values?: readonly V[];
  readonly anyCase?: true;
  readonly nonEmpty?: true;
  readonly check?: (value: string) => string | undefined;
}
interface ListOptions<V extends string> extends Options {
  readonly values?: readonly V[];
  readonly nonEmpty?: true;
  /** Whether equal and empty items are kept as they are: true for lists that Kafka does not check itself. */
  readonly verbatim?: true;
  readonly check?: (items: readonly string[]) => string | undefined;
}
type Default = boolean | number | bigint | string | readonly string[] | null;
type Loose<O> = O & Partial<WithDefault<Default> & Required>;

/** A definition that does not know its name yet: the table's key gives it. */
export interface ConfigSpec<T extends ConfigValue> {
  readonly define: (name: string) => ConfigDefinition<T>;
}

/** Returns the value and its canonical text, or what is wrong with it: the end of the sentence "x cannot be y: …". */
type Reader<T> = (text: string) => ParsedConfig<T> | string;

function spec<T extends ConfigValue>(
  type: ConfigType,
  options: Loose<Options>,
  read: Reader<NonNullable<T>>,
): ConfigSpec<T> {
  const sensitive = type === 'password';
  return {
    define(name) {
      const parse = (text: string): ParsedConfig<NonNullable<T>> | ConfigProblem => {
        const parsed = read(text);
        if (typeof parsed !== 'string') return parsed;
        const shown = sensitive ? 'what it was given' : `'${text.length > 200 ? `${text.slice(0, 200)}…` : text}'`;
        return { name, message: `${name} cannot be ${shown}: ${parsed}` };
      };
      // Read when first asked for: a broker starts before it has looked at most of its configs.
      let initial: ParsedConfig<T | null> | undefined;
      return {
        name,
        type,
        get defaultValue() {
          return this.initial.value === null ? null : this.initial.text;
        },
        get initial() {
          return (initial ??= readDefault(name, options.default, parse));
        },
        required: options.required ?? false,
        scope: options.scope ?? 'read-only',
        sensitive,
        internal: options.internal ?? false,
        obeyed: options.obeyed ?? false,
        doc: options.doc,
        parse,
      };
    },
  };
}

function readDefault<T>(
  name: string,
  value: Default | undefined,
  parse: (text: string) => ParsedConfig<T> | ConfigProblem,
): ParsedConfig<T | null> {
  if (value === undefined || value === null) return { value: null, text: '' };
  const parsed = parse(String(value));
  assert(!('message' in parsed), `the default of ${name} is valid`);
  return parsed;
}

export function boolean(options: Options & WithDefault<boolean>): ConfigSpec<boolean> {
  return spec('boolean', options, (text) => {
    const lower = text.trim().toLowerCase();
    if (lower !== 'true' && lower !== 'false') return 'it is either true or false';
    return { value: lower === 'true', text: lower };
  });
}

function outside(value: number, { min, max, or }: NumberOptions): string | undefined {
  const also = or === undefined ? '' : ` (or ${or})`;
  if (value === or) return undefined;
  if (min !== undefined && !(value >= min)) return `it must be at least ${min}${also}`;
  if (max !== undefined && !(value <= max)) return `it must be at most ${max}${also}`;
  return undefined;
}

function wholeSpec(type: 'short' | 'int' | 'long', bits: number, options: Loose<NumberOptions>): ConfigSpec<number> {
  return spec(type, options, (text) => {
    const exact = wholeNumber(text.trim(), bits);
    if (exact === undefined) return `it must be a whole number of ${bits} bits`;
    const value = Number(exact);
    return outside(value, options) ?? { value, text: String(exact) };
  });
}

export function short(options: NumberOptions & WithDefault<number>): ConfigSpec<number> {
  return wholeSpec('short', 16, options);
}

export function int(options: NumberOptions & (WithDefault<number> | Required)): ConfigSpec<number>;
export function int(options: NumberOptions & WithDefault<null>): ConfigSpec<number | null>;
export function int(options: Loose<NumberOptions>): ConfigSpec<number | null> {
  return wholeSpec('int', 32, options);
}

export function long(options: NumberOptions & WithDefault<number | bigint>): ConfigSpec<number>;
export function long(options: NumberOptions & WithDefault<null>): ConfigSpec<number | null>;
export function long(options: Loose<NumberOptions>): ConfigSpec<number | null> {
  return wholeSpec('long', 64, options);
}

export function double(options: NumberOptions & WithDefault<number>): ConfigSpec<number> {
  return spec('double', options, (text) => {
    const trimmed = text.trim();
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[fd]?$/i.test(trimmed)) return 'it must be a number';
    const value = Number(trimmed.replace(/[fd]$/i, ''));
    if (!Number.isFinite(value)) return 'it must be a finite number';
    return outside(value, options) ?? { value, text: canonicalDouble(value) };
  });
}

function stringSpec<V extends string>(type: 'string' | 'class', options: Loose<StringOptions<V>>): ConfigSpec<V> {
  return spec(type, options, (text) => {
    const value = text.trim();
    if (options.nonEmpty === true && value === '') return 'it must not be empty';
    if (options.values !== undefined && !includes(options.values, value, options.anyCase ?? false)) {
      return `it must be one of ${options.values.join(', ')}`;
    }
    // Checked against the values above, where there are any; else V is string itself.
    return options.check?.(value) ?? { value: value as V, text: value };
  });
}

function includes(values: readonly string[], value: string, anyCase: boolean): boolean {
  if (!anyCase) return values.includes(value);
  return values.some((each) => each.toLowerCase() === value.toLowerCase());
}

export function string<const V extends string = string>(
  options: StringOptions<V> & WithDefault<NoInfer<V>>,
): ConfigSpec<V>;
export function string(options: StringOptions<string> & WithDefault<null>): ConfigSpec<string | null>;
export function string(options: Loose<StringOptions<string>>): ConfigSpec<string | null> {
  return stringSpec('string', options);
}

/** The name of a Java class. Kafka loads it; here it is a name only. */
export function className(options: Options & WithDefault<string>): ConfigSpec<string>;
export function className(options: Options & WithDefault<null>): ConfigSpec<string | null>;
export function className(options: Loose<Options>): ConfigSpec<string | null> {
  return stringSpec('class', { ...options, nonEmpty: true });
}

export function password(options: Options & WithDefault<null>): ConfigSpec<string | null> {
  return spec<string | null>('password', options, (text) => ({ value: text, text }));
}

export function list<const V extends string = string>(
  options: ListOptions<V> & (WithDefault<readonly NoInfer<V>[]> | Required),
): ConfigSpec<readonly V[]>;
export function list(options: ListOptions<string> & WithDefault<null>): ConfigSpec<readonly string[] | null>;
export function list(options: Loose<ListOptions<string>>): ConfigSpec<readonly string[] | null> {
  return spec<readonly string[]>('list', options, (text) => {
    const items = splitList(text);
    const value = options.verbatim === true ? items : [...new Set(items)];
    const stranger = options.values && value.find((item) => !options.values?.includes(item));
    if (options.nonEmpty === true && value.length === 0) return 'it must not be empty';
    if (options.verbatim !== true && value.includes('')) return 'an item of the list is empty';
    if (stranger !== undefined) return `'${stranger}' is not one of ${options.values?.join(', ')}`;
    return options.check?.(value) ?? { value, text: value.join(',') };
  });
}

/** The value that a definition or spec yields. */
export type ValueOf<D> = D extends ConfigSpec<infer T> ? T : D extends ConfigDefinition<infer T> ? T : never;

type Table = Readonly<Record<string, ConfigSpec<ConfigValue>>>;

/** The value types of a table, by config name. */
export type ValuesOf<T extends Table> = { readonly [N in keyof T]: ValueOf<T[N]> };

/** Names the definitions of a table, sorted by name. */
export function define(table: Table): ReadonlyMap<string, ConfigDefinition> {
  const names = Object.keys(table).sort();
  return new Map(names.map((name) => [name, (table[name] as ConfigSpec<ConfigValue>).define(name)]));
}
