import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../brokers.ts';

/** An event as it stands in its file: the text of a JSON object, or a line of CSV. */
export interface Event {
  readonly key: string;
  readonly value: string;
}

const folder = join(repository, 'node_modules/vega-datasets/data');

/** Flat JSON objects, in the bytes of the file. */
function jsonEvents(file: string, keyField: string): Event[] {
  const text = readFileSync(join(folder, file), 'latin1');
  const expected = (JSON.parse(text) as unknown[]).length;
  const objects = text.match(/\{[^{}]*\}/g) ?? [];
  if (objects.length !== expected) throw new Error(`${file}: ${objects.length} of ${expected} objects cut out`);
  return objects.map((value) => ({ key: String((JSON.parse(value) as Record<string, unknown>)[keyField]), value }));
}

/** Lines of CSV after the head, keyed by their first column. */
function csvEvents(file: string): Event[] {
  const lines = readFileSync(join(folder, file), 'latin1').split(/\r?\n/).slice(1).filter(Boolean);
  return lines.map((value) => ({ key: value.slice(0, value.indexOf(',')), value }));
}

/** Real events of the npm package vega-datasets, as latin1 strings: one character for one byte. */
export const feeds = {
  flights: {
    compression: 'gzip',
    load: () => [...jsonEvents('flights-200k.json', 'distance'), ...jsonEvents('flights-20k.json', 'origin')],
  },
  places: {
    compression: 'zstd',
    load: () => ['zipcodes.csv', 'birdstrikes.csv', 'species.csv', 'airports.csv'].flatMap(csvEvents),
  },
} as const;
export type Topic = keyof typeof feeds;
