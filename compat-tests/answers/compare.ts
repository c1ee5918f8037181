/** Where two values differ, as `path: one, other`. */
export interface Disagreement {
  readonly path: string;
  readonly theirs: string;
  readonly ours: string;
}

const absent = Symbol('absent');

export function disagreements(theirs: unknown, ours: unknown, path = ''): Disagreement[] {
  if (Object.is(theirs, ours)) return [];
  if (isContainer(theirs) && isContainer(ours) && Array.isArray(theirs) === Array.isArray(ours)) {
    const keys = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
    return [...keys].flatMap((key) => {
      const step = Array.isArray(theirs) ? `[${key}]` : path === '' ? key : `.${key}`;
      return disagreements(at(theirs, key), at(ours, key), path + step);
    });
  }
  return [{ path, theirs: shown(theirs), ours: shown(ours) }];
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

const at = (value: object, key: string): unknown => (key in value ? (value as Record<string, unknown>)[key] : absent);

function shown(value: unknown): string {
  if (value === absent) return 'absent';
  return (JSON.stringify(value) ?? String(value)).slice(0, 300);
}
