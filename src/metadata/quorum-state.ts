import type { FileSystem } from '../base/index.ts';
import { MetadataLogError } from './metadata-log-error.ts';

/** The epoch in the file `quorum-state`, 0 when there is none. Throws MetadataLogError for a file that is not one. */
export function readLeaderEpoch(fs: FileSystem, path: string): number {
  if (fs.info(path) === undefined) return 0;
  let state: unknown;
  try {
    state = JSON.parse(fs.readFile(path).toString('utf8'));
  } catch (cause) {
    throw new MetadataLogError(`${path} is not JSON`, { cause });
  }
  const { leaderEpoch, data_version: version } = (state ?? {}) as Readonly<Record<string, unknown>>;
  if (version !== 0) throw new MetadataLogError(`${path} has data_version ${String(version)}, only 0 is supported`);
  if (typeof leaderEpoch !== 'number' || !Number.isSafeInteger(leaderEpoch))
    throw new MetadataLogError(`${path} tells no leader epoch`);
  return Math.max(leaderEpoch, 0);
}

/** Remembers, through a crash, that `leaderId` leads in `leaderEpoch` as the only voter (Kafka's QuorumStateData, v0). */
export function writeQuorumState(fs: FileSystem, path: string, leaderId: number, leaderEpoch: number): void {
  const state = {
    clusterId: '',
    leaderId,
    leaderEpoch,
    votedId: -1,
    appliedOffset: 0,
    currentVoters: [{ voterId: leaderId }],
    data_version: 0,
  };
  fs.replaceFile(path, JSON.stringify(state));
}
