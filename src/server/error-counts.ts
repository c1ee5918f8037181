import type { Field, Message, Shape } from '../wire/index.ts';

/** Where error codes lie in answers of one message: here, and below fields with structs. */
interface ErrorPlaces {
  readonly isHere: boolean;
  readonly below: readonly (readonly [field: string, places: ErrorPlaces])[];
}

const ERROR_CODE = 'errorCode';

/** Counts the error codes of a message's answers by code, NONE left out. The places are looked up once, in the message's shape. */
export function errorCounter(message: Message): (reply: unknown, counts: Map<number, number>) => void {
  const places = placesIn(message.shape);
  return (reply, counts) => {
    if (places !== undefined) count(reply, places, counts);
  };
}

function placesIn(shape: Shape): ErrorPlaces | undefined {
  const below: (readonly [string, ErrorPlaces])[] = [];
  for (const [name, field] of Object.entries(shape)) {
    const places = placesBelow(field);
    if (places !== undefined) below.push([name, places]);
  }
  const isHere = shape[ERROR_CODE]?.spec.kind === 'int16';
  return isHere || below.length > 0 ? { isHere, below } : undefined;
}

function placesBelow({ spec }: Field): ErrorPlaces | undefined {
  if (spec.shape !== undefined) return placesIn(spec.shape);
  return spec.element === undefined ? undefined : placesBelow(spec.element);
}

function count(value: unknown, places: ErrorPlaces, counts: Map<number, number>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const each of value) count(each, places, counts);
    return;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  if (places.isHere) {
    const code = fields[ERROR_CODE];
    if (typeof code === 'number' && code !== 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  for (const [name, below] of places.below) count(fields[name], below, counts);
}
