/** What a tool has printed, in a form that two brokers can agree on. */

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
  /** Kafka's code of the error it ended with. */
  readonly error: number | null;
}

export interface Named {
  readonly port: number;
}

/** Told by brokers that were not started alike. */
const ownConfigs =
  /^ {2}(advertised\.listeners|listeners|listener\.security\.protocol\.map|controller\.\S+|log\.dirs?|node\.id|broker\.id|process\.roles|\S+\.replication\.factor|\S+\.min\.isr|group\.initial\.rebalance\.delay\.ms)=/;

/** Numbers that grow while one looks on. */
const changing = /^(LeaderEpoch|HighWatermark|MaxFollowerLag\w*|ClusterId|LeaderId):\s+\S+$/;

/** Of a failure only the codes are compared: every broker has words of its own. */
export interface Printed {
  readonly code: number | null;
  /** What failed, where the tool has said it to us and not to its log. */
  readonly failure: string | undefined;
  readonly lines: readonly string[];
}

export function printed({ code, output, error }: Outcome, { port }: Named): Printed {
  const failure = error === null ? /java\.lang\.(\w+)/.exec(output)?.[0] : `error ${error}`;
  if (failure !== undefined || code !== 0) return { code, failure, lines: [] };
  const text = output
    .replace(/\b[\w-]{22}\b(?!\()/g, (word) => (/[A-Z]/.test(word) && /[a-z]/.test(word) ? '<id>' : word))
    .replaceAll(String(port), '<port>')
    .replace(/(127\.0\.0\.1|localhost):(\d+|<port>)/g, '<address>')
    .replace(/\/127\.0\.0\.1/g, '/<client>')
    .replace(/(localhost|127\.0\.0\.1)/g, '<host>')
    .replace(/\/tmp\/[^\s"\]]*/g, '<path>')
    .replace(/-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '-<uuid>')
    .replace(/Epoch: \d+$/gm, 'Epoch: <number>')
    .replace(/\b17\d{11}\b/g, '<time>')
    .replace(/^(1 +\t)(<id>|A{22})\t.*\t(\w+)[ \t]*$/gm, '$1<id>\t<changing>\t$3');
  const lines = text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^\s+at |^SLF4J|^\[\d{4}-/.test(line))
    .filter((line) => !ownConfigs.test(line))
    .map((line) => line.replace(changing, '$1: <changing>'));
  return { code, failure, lines: withoutDurations(lines) };
}

/** In a table, how long something has lasted grows while one looks on. */
function withoutDurations(lines: readonly string[]): string[] {
  const at = lines[0]?.split('\t').findIndex((column) => /^(TransactionDurationMs|Duration\(min\))/.test(column)) ?? -1;
  return lines.map((line, row) =>
    row === 0 || at < 0
      ? line
      : line
          .split('\t')
          .map((cell, column) => (column === at ? '<duration>' : cell))
          .join('\t'),
  );
}
