/** Names inside a partition's folder (Kafka's LogFileUtils). */
export const SUFFIX = {
  log: '.log',
  offsetIndex: '.index',
  timeIndex: '.timeindex',
  transactionIndex: '.txnindex',
  /** Ours; Apache Kafka passes over it. */
  transactionChecksum: '.txnindex.crc',
  snapshot: '.snapshot',
  deleted: '.deleted',
  cleaned: '.cleaned',
  swap: '.swap',
} as const;

/** Of the files that make a segment; the log first. */
export const SEGMENT_SUFFIXES = [
  SUFFIX.log,
  SUFFIX.offsetIndex,
  SUFFIX.timeIndex,
  SUFFIX.transactionIndex,
  SUFFIX.transactionChecksum,
] as const;

/** Twenty digits, so that names sort as offsets do. */
export function fileName(offset: number, suffix: string): string {
  return `${String(offset).padStart(20, '0')}${suffix}`;
}

/** The offset of a name such as `00000000000000000042.log`; undefined for others. */
export function offsetOfFileName(name: string, suffix: string): number | undefined {
  if (!name.endsWith(suffix)) return undefined;
  const digits = name.slice(0, name.length - suffix.length);
  return /^\d{20}$/.test(digits) ? Number(digits) : undefined;
}

export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

/** `<topic>-<partition>`, the name of a partition's folder. */
export function partitionDirectoryName(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

export function parsePartitionDirectoryName(name: string): PartitionName | undefined {
  const match = /^(.+)-(\d{1,10})$/.exec(name);
  if (match === null) return undefined;
  return { topic: match[1] as string, partition: Number(match[2]) };
}

/** The longest name that file systems take. */
const MAX_NAME = 255;

/** What a partition's folder is called between its deletion and its removal; `unique` is 32 hexadecimal digits. */
export function deletedDirectoryName(topic: string, partition: number, unique: string): string {
  const end = `-${partition}.${unique}-delete`;
  return `${topic.slice(0, MAX_NAME - end.length)}${end}`;
}

/** What the folder of a replica is called that is on its way here from another log directory; `unique` as above. */
export function futureDirectoryName(topic: string, partition: number, unique: string): string {
  return `${topic}-${partition}.${unique}-future`;
}

export function parseFutureDirectoryName(name: string): PartitionName | undefined {
  const match = /^(.+)\.[0-9a-f]{32}-future$/.exec(name);
  return match === null ? undefined : parsePartitionDirectoryName(match[1] as string);
}

/** Whether a replica of a topic may move: its folder's name on the way must not be too long. */
export function canMove(topic: string, partition: number): boolean {
  return futureDirectoryName(topic, partition, '0'.repeat(32)).length <= MAX_NAME;
}

export function isDeletedDirectoryName(name: string): boolean {
  return /^.+-\d+\.[0-9a-f]{32}-delete$/.test(name);
}
