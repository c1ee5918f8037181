import { get, type IncomingHttpHeaders } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a broker answers on the port of its metrics. */
export function ask(port: number | undefined, path: string): Promise<HttpAnswer> {
  return new Promise((done, failed) => {
    get({ host: '127.0.0.1', port, path }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body }));
      response.on('error', failed);
    }).on('error', failed);
  });
}

export interface PageFamily {
  readonly type: string;
  readonly help: string;
  /** By the line's name with its labels, as written. */
  readonly samples: Map<string, number>;
}

const HEADER = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*\})? (\S+)$/;
const SUFFIXES = ['', '_bucket', '_sum', '_count'];

/**
 * Parses a page as strictly as the text format 0.0.4 of Prometheus is written down. Throws on what a scraper could refuse: a line of
 * another form, one without its family, a family in two places, a line that is there twice, a histogram whose buckets do not rise.
 */
export function parsePage(text: string): Map<string, PageFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, PageFamily>();
  let name = '';
  let current: { type: string; help: string; samples: Map<string, number> } | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const header = HEADER.exec(line);
    if (header !== null) {
      const [, kind, family = '', rest = ''] = header;
      if (kind === 'HELP') {
        if (families.has(family)) throw new Error(`${family} is in two places`);
        name = family;
        families.set(name, (current = { type: '', help: rest, samples: new Map() }));
      } else if (family !== name || current === undefined) throw new Error(`a type without help: ${line}`);
      else if (!['counter', 'gauge', 'histogram', 'summary'].includes(rest)) throw new Error(`no type: ${line}`);
      else current.type = rest;
      continue;
    }
    const sample = SAMPLE.exec(line);
    if (sample === null || current === undefined) throw new Error(`not a line of the format: ${line}`);
    const [, metric = '', labels = '', value = ''] = sample;
    const isOfFamily =
      current.type === 'histogram' || current.type === 'summary'
        ? SUFFIXES.some((suffix) => metric === name + suffix)
        : metric === name;
    if (!isOfFamily) throw new Error(`${metric} is not of ${name}`);
    const number = value === '+Inf' ? Infinity : value === 'Nan' ? NaN : Number(value);
    if (Number.isNaN(number)) throw new Error(`no number: ${line}`);
    if (current.samples.has(metric + labels)) throw new Error(`twice: ${line}`);
    current.samples.set(metric + labels, number);
  }
  for (const [family, { type, samples }] of families) if (type === 'histogram') checkBuckets(family, samples);
  return families;
}

function checkBuckets(family: string, samples: ReadonlyMap<string, number>): void {
  const last = new Map<string, number>();
  for (const [line, value] of samples) {
    if (!line.startsWith(`${family}_bucket{`)) continue;
    const others = line
      .replace(/le="[^"]*",|,?le="[^"]*"/, '')
      .replace(`${family}_bucket`, `${family}_count`)
      .replace('{}', '');
    if (value < (last.get(others) ?? 0)) throw new Error(`buckets do not rise: ${line}`);
    last.set(others, value);
  }
  for (const [count, value] of last)
    if (samples.get(count) !== value) throw new Error(`the last bucket is not all: ${count}`);
}

/** One number of a page: `name{label="value"}` as it is written there. 0 where the line is not there. */
export function figure(families: ReadonlyMap<string, PageFamily>, line: string): number {
  const name = line.replace(/\{.*$/, '');
  for (const suffix of SUFFIXES) {
    const family = name.endsWith(suffix) ? families.get(name.slice(0, name.length - suffix.length)) : undefined;
    const value = family?.samples.get(line);
    if (value !== undefined) return value;
  }
  return 0;
}
