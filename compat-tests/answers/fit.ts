import type { Field, Shape } from '../../src/wire/index.ts';

/** A request or an answer as written in a conversation: any field may be left out. */
export type Said = { readonly [field: string]: unknown };

/**
 * The value as a version can carry it: fields that the version lacks are dropped, those left out take their defaults.
 * Throws for a field that no version has.
 */
export function fit(shape: Shape, version: number, value: Said): Said {
  for (const name of Object.keys(value)) if (!(name in shape)) throw new Error(`there is no field ${name}`);
  return Object.fromEntries(
    Object.entries(shape)
      .filter(([, { spec }]) => version >= spec.since && version <= spec.until)
      .map(([name, field]) => [name, name in value ? fitField(field, version, value[name]) : absent(field, version)]),
  );
}

function fitField({ spec }: Field, version: number, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (spec.kind === 'array') {
    const { element } = spec;
    return (value as unknown[]).map((each) => (element === undefined ? each : fitField(element, version, each)));
  }
  return spec.shape === undefined ? value : fit(spec.shape, version, value as Said);
}

function absent({ spec }: Field, version: number): unknown {
  if (spec.default !== undefined) return spec.default;
  return spec.kind === 'array' ? [] : fit(spec.shape ?? {}, version, {});
}

/** Goes down into an answer: `pick(answer, 'topics', 0, 'topicId')`; undefined where there is nothing. */
export function pick(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[step] : undefined),
    value,
  );
}
