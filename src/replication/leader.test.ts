import { describe, expect, test } from '@jest/globals';
import { FileError, MemoryFileSystem, SeededRandom, silentLogger, SimulatedClock } from '../base/index.ts';
import { defaultLogConfig, PartitionLog, type Appended } from '../storage/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { buildBatch } from '../wire/records/index.ts';
import { PartitionLeader } from './leader.ts';

/** A leader whose turns end when the test says so. */
function lead(): { leader: PartitionLeader; endTurn: () => void; endOneTurn: () => void; fs: MemoryFileSystem } {
  const turns: (() => void)[] = [];
  const clock = new SimulatedClock(1_000_000, (then) => turns.push(then));
  const fs = new MemoryFileSystem({ clock });
  fs.makeDirectory('/data');
  const log = PartitionLog.open({
    fs,
    clock,
    random: new SeededRandom(1),
    logger: silentLogger,
    directory: '/data/orders-0',
    topic: 'orders',
    partition: 0,
    config: defaultLogConfig,
    producerIdExpirationMs: 86_400_000,
    cleanShutdown: true,
  });
  const endOneTurn = (): void => turns.splice(0).forEach((then) => then());
  const endTurn = (): void => {
    while (turns.length > 0) endOneTurn();
  };
  return { leader: new PartitionLeader(log, 5, clock), endTurn, endOneTurn, fs };
}

function append(leader: PartitionLeader): Appended {
  const records = [{ offset: 0, timestampMs: 1_000_000, key: null, value: Buffer.from('x'), headers: [] }];
  const outcome = leader.append(buildBatch({ baseOffset: 0, records, compressionType: 'none' }), 'client');
  if (outcome.kind === 'refused') throw new Error(outcome.errorMessage);
  return outcome;
}

describe('the leader of a partition with one replica', () => {
  test('gives offsets at once, and commits when they are written', async () => {
    const { leader, endTurn } = lead();
    expect([append(leader).baseOffset, append(leader).baseOffset]).toEqual([0, 1]);
    expect(leader.highWatermark).toBe(0);
    let committed = false;
    const wait = leader.committed(2).then((errorCode) => {
      committed = true;
      return errorCode;
    });
    await Promise.resolve();
    expect(committed).toBe(false);
    endTurn();
    expect(await wait).toBe(ErrorCode.NONE);
    expect(leader.highWatermark).toBe(2);
    expect(await leader.committed(1)).toBe(ErrorCode.NONE);
  });

  test('readers see what is committed, and hear when there is more', () => {
    const { leader, endTurn } = lead();
    let advances = 0;
    const stop = leader.onAdvance(() => advances++);
    append(leader);
    const want = { from: 0, maxBytes: 1 << 20, isolation: 'read uncommitted', minOneBatch: true } as const;
    expect(leader.plan(want)).toMatchObject({ kind: 'plan', sizeInBytes: 0 });
    endTurn();
    expect(advances).toBe(1);
    expect(leader.plan(want)).toMatchObject({ kind: 'plan', endOffset: 1 });
    stop();
    append(leader);
    endTurn();
    expect(advances).toBe(1);
  });

  test('a disk that refuses fails everyone who waits, and whoever comes after', async () => {
    const { leader, endTurn, fs } = lead();
    fs.fault = (operation, path) => {
      if (operation === 'write') throw new FileError('ENOSPC', operation, path);
    };
    append(leader);
    const wait = leader.committed(1);
    endTurn();
    expect(await wait).toBe(ErrorCode.KAFKA_STORAGE_ERROR);
    expect(await leader.committed(1)).toBe(ErrorCode.KAFKA_STORAGE_ERROR);
    expect(leader.highWatermark).toBe(0);
  });

  test('leadership that ends fails who waits, with the reason', async () => {
    const { leader } = lead();
    append(leader);
    const wait = leader.committed(1);
    leader.end(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    expect(await wait).toBe(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  });

  test('clients with an older leader epoch are fenced, those with a newer one are ahead of us', () => {
    const { leader } = lead();
    expect([-1, 5, 4, 6].map((epoch) => leader.checkEpoch(epoch))).toEqual([
      ErrorCode.NONE,
      ErrorCode.NONE,
      ErrorCode.FENCED_LEADER_EPOCH,
      ErrorCode.UNKNOWN_LEADER_EPOCH,
    ]);
    leader.raiseEpoch(6);
    expect(leader.checkEpoch(6)).toBe(ErrorCode.NONE);
    expect(leader.checkEpoch(5)).toBe(ErrorCode.FENCED_LEADER_EPOCH);
  });

  test('tells hundreds of readers a part at a time, and nobody who waits no longer', () => {
    const { leader, endTurn, endOneTurn } = lead();
    const told: number[] = [];
    const stops = Array.from({ length: 150 }, (_, i) => leader.onAdvance(() => void told.push(i)));
    append(leader);
    endOneTurn();
    expect(told).toEqual(Array.from({ length: 64 }, (_, i) => i));
    stops[70]?.();
    endOneTurn();
    expect(told).toHaveLength(127);
    endTurn();
    expect(told).toEqual(Array.from({ length: 150 }, (_, i) => i).filter((i) => i !== 70));
  });
});
