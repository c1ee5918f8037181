import type { FileSystem, Logger } from '../base/index.ts';
import { withChecksum, withoutChecksum } from '../storage/index.ts';
import { MetadataLogError } from './metadata-log-error.ts';

/**
 * The epoch in the file `quorum-state`, 0 when there is none, or when it is damaged: the only voter finds the last epoch in its log
 * as well. Throws MetadataLogError for a file of another format.
 */
export function readLeaderEpoch(fs: FileSystem, path: string, logger: Logger): number {
  if (fs.info(path) === undefined) return 0;
  const text = withoutChecksum(fs.readFile(path).toString('utf8'));
  if (text === undefined) {
    logger.warn('the state of the quorum is damaged and will be written anew', { path, position: 0 });
    return 0;
  }
  let state: unknown;
  try {
    state = JSON.parse(text);
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
  fs.replaceFile(path, withChecksum(JSON.stringify(state)));
}
