/** Expressions over topic names, in the language of RE2 and in time linear to the name, whatever they are (KIP-848). */
import { createRequire } from 'node:module';

type Re2 = typeof import('re2js');

/** Loaded when the first group subscribes by expression: loading takes longer than all else at a broker's start. */
let loaded: Re2 | undefined;

function re2(): Re2 {
  loaded ??= createRequire(import.meta.url)('re2js') as Re2;
  return loaded;
}

/** What is wrong with the expression, in the library's words; undefined if nothing is. */
export function flawOf(regex: string): string | undefined {
  try {
    re2().RE2JS.compile(regex);
    return undefined;
  } catch (error) {
    if (!(error instanceof re2().RE2JSSyntaxException)) throw error;
    return error.getDescription();
  }
}

/** The names that the expressions match as a whole, by expression. One that isn't valid matches nothing. */
export function matching(regexes: readonly string[], names: Iterable<string>): Map<string, string[]> {
  const patterns = regexes.map((regex) => ({
    matched: [] as string[],
    pattern: flawOf(regex) === undefined ? re2().RE2JS.compile(regex) : undefined,
  }));
  for (const name of names) {
    for (const { pattern, matched } of patterns) if (pattern?.testExact(name) === true) matched.push(name);
  }
  return new Map(regexes.map((regex, i) => [regex, patterns[i]?.matched.sort() ?? []]));
}
