import type { Disagreement } from './compare.ts';
import type { Difference } from './differences.ts';

/** A disagreement that nobody meant: where, and at which versions. */
interface Complaint {
  readonly what: string;
  readonly versions: number[];
}

class Account {
  readonly versions = new Set<number>();
  answers = 0;
  equal = 0;
  /** Answers in which only such fields differ as are listed. */
  meant = 0;
  readonly complaints = new Map<string, Complaint>();
  readonly listed = new Map<Difference, number>();
}

/** What was asked of a broker, API by API, and where it answered otherwise than Apache Kafka. */
export class Report {
  readonly #accounts = new Map<string, Account>();

  /** Counts one answer; `meant` are the listed differences seen in it. */
  count(api: string, version: number, meant: ReadonlySet<Difference>, isEqual: boolean): void {
    const account = this.#of(api);
    account.versions.add(version);
    account.answers++;
    if (!isEqual) return;
    if (meant.size === 0) account.equal++;
    else account.meant++;
    for (const each of meant) account.listed.set(each, (account.listed.get(each) ?? 0) + 1);
  }

  complain(api: string, version: number, title: string, what: string): void {
    const key = `${title}: ${what}`;
    const { complaints } = this.#of(api);
    const complaint = complaints.get(key) ?? { what: key, versions: [] };
    complaint.versions.push(version);
    complaints.set(key, complaint);
  }

  get answers(): number {
    return [...this.#accounts.values()].reduce((sum, { answers }) => sum + answers, 0);
  }

  /** Each complaint in a line. */
  complaints(): string[] {
    return [...this.#accounts].flatMap(([api, { complaints }]) =>
      [...complaints.values()].map(({ what, versions }) => `${api} ${what} (${span(versions)})`),
    );
  }

  /** For people, as Markdown. */
  page(broker: string): string {
    const accounts = [...this.#accounts].sort(([one], [other]) => (one < other ? -1 : 1));
    const rows = accounts.map(([api, { versions, answers, equal, meant }]) =>
      row([api, span([...versions]), answers, equal, meant, answers - equal - meant]),
    );
    return [
      `# What ${broker} answers, beside Apache Kafka 4.3`,
      '',
      `${this.answers} answers compared field by field. Listed: as docs/differences.md has it.`,
      '',
      row(['API', 'versions', 'answers', 'equal', 'differ as listed', 'differ']),
      row(['---', '---', '---:', '---:', '---:', '---:']),
      ...rows,
      ...accounts.flatMap(([api, account]) => section(api, account)),
      '',
    ].join('\n');
  }

  #of(api: string): Account {
    const account = this.#accounts.get(api) ?? new Account();
    this.#accounts.set(api, account);
    return account;
  }
}

function section(api: string, { complaints, listed }: Account): string[] {
  if (complaints.size === 0 && listed.size === 0) return [];
  return [
    '',
    `## ${api}`,
    '',
    ...[...complaints.values()].map(({ what, versions }) => `- ${span(versions)} ${what.replaceAll('\n', ' ')}`),
    ...[...listed].map(([{ what }, count]) => `- listed, in ${count} answers: ${what}`),
  ];
}

/** Versions in words: `v0-3,5`. */
function span(versions: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const version of [...new Set(versions)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last?.[1] === version - 1) last[1] = version;
    else runs.push([version, version]);
  }
  return `v${runs.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join()}`;
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

export const shown = ({ path, theirs, ours }: Disagreement): string =>
  `${path === '' ? 'the answer' : path}: apache ${theirs}, here ${ours}`;
