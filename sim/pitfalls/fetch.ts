/** Fetch and offsets. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  OffsetCommitRequest,
  OffsetCommitResponse,
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from '../../src/wire/messages/index.ts';
import { batchesOf } from '../../src/wire/records/index.ts';
import { batch } from './batches.ts';
import { row, type Row } from './row.ts';
import { like, OffsetFetch, timed, type Stage, type Topic } from './stage.ts';

const OffsetForLeaderEpoch = { request: OffsetForLeaderEpochRequest, response: OffsetForLeaderEpochResponse };
const OffsetCommit = { request: OffsetCommitRequest, response: OffsetCommitResponse };

/** Offsets 0-1, 2 and 3-5 in three batches. */
async function filled(stage: Stage): Promise<Topic> {
  const topic = await stage.topic();
  await stage.append(topic, batch(['a', 'b']), batch(['c']), batch(['d', 'e', 'f']));
  return topic;
}

const baseOffsets = (records: Buffer | null): number[] =>
  records === null ? [] : [...batchesOf(records)].map(({ baseOffset }) => baseOffset);

interface Commit {
  readonly committedOffset: number;
  readonly committedLeaderEpoch?: number;
  readonly committedMetadata: string | null;
}

async function commit(
  stage: Stage,
  groupId: string,
  { name }: Topic,
  what: Commit,
  more: { readonly memberId?: string; readonly generationIdOrMemberEpoch?: number; readonly version?: number } = {},
): Promise<number | undefined> {
  const { version = 9, ...rest } = more;
  const { topics } = await stage.ask(OffsetCommit, version, {
    groupId,
    memberId: '',
    ...rest,
    topics: [{ name, partitions: [{ partitionIndex: 0, ...what }] }],
  });
  return topics[0]?.partitions[0]?.errorCode;
}

export const fetch: readonly Row[] = [
  row(
    'C-28',
    'a fetch waits for max.wait and no longer, nor shorter, and wakes when something comes',
    async (stage) => {
      const topic = await filled(stage);
      const idleMs = await timed(() => stage.fetch(topic, 6, { maxWaitMs: 300 }));
      assert.ok(idleMs >= 280 && idleMs < 3000, `${idleMs} ms`);
      const woken = timed(async () =>
        assert.deepEqual(baseOffsets((await stage.fetch(topic, 6, { maxWaitMs: 10_000 })).records), [6]),
      );
      await sleep(100);
      await stage.append(topic, batch(['g']));
      assert.ok((await woken) < 5000);
    },
  ),
  row('C-28', 'with max.wait 0 there is data, with min.bytes 0 and with an error there is no wait', async (stage) => {
    const topic = await filled(stage);
    assert.deepEqual(baseOffsets((await stage.fetch(topic, 0, { maxWaitMs: 0 })).records), [0, 2, 3]);
    assert.ok((await timed(() => stage.fetch(topic, 6, { maxWaitMs: 10_000, minBytes: 0 }))) < 5000);
    assert.ok((await timed(() => stage.fetch(topic, 99, { maxWaitMs: 10_000 }))) < 5000);
  }),
  row('C-29', 'the batch that holds the offset comes whole', async (stage) => {
    const topic = await filled(stage);
    assert.deepEqual(baseOffsets((await stage.fetch(topic, 4)).records), [3]);
    assert.deepEqual(baseOffsets((await stage.fetch(topic, 1)).records), [0, 2, 3]);
  }),
  row('C-29', 'the first batch comes even if it is larger than what was asked for', async (stage) => {
    const topic = await filled(stage);
    const [first] = baseOffsets((await stage.fetch(topic, 0, { partitionMaxBytes: 1 })).records);
    const [again] = baseOffsets((await stage.fetch(topic, 0, { maxBytes: 1 })).records);
    assert.deepEqual([first, again], [0, 0]);
  }),
  row('C-30', 'an offset out of range is told at once, with -1 for high watermark and log start', async (stage) => {
    const topic = await filled(stage);
    for (const offset of [7, 2 ** 40, -1])
      like(await stage.fetch(topic, offset, { maxWaitMs: 10_000 }), {
        errorCode: 1,
        highWatermark: -1,
        logStartOffset: -1,
      });
    like(await stage.fetch(topic, 6), { errorCode: 0, highWatermark: 6, logStartOffset: 0 });
  }),
  row('C-31', 'an unknown session and a wrong epoch are told for the whole answer', async (stage) => {
    const topic = await filled(stage);
    like(await stage.fetchAnswer(topic, 0, { session: { id: 123, epoch: 1 } }), { errorCode: 70, responses: [] });
    const { sessionId: id } = await stage.fetchAnswer(topic, 6, { session: { id: 0, epoch: 0 } });
    assert.ok(id > 0);
    like(await stage.fetchAnswer(topic, 6, { session: { id, epoch: 5 } }), { errorCode: 71, responses: [] });
  }),
  row('C-31', 'a session leaves out what has not changed', async (stage) => {
    const topic = await filled(stage);
    const { sessionId: id } = await stage.fetchAnswer(topic, 6, { session: { id: 0, epoch: 0 } });
    like(await stage.fetchAnswer(topic, 6, { session: { id, epoch: 1, nothingNew: true } }), {
      errorCode: 0,
      responses: [],
    });
    await stage.append(topic, batch(['g']));
    const { responses } = await stage.fetchAnswer(topic, 6, { session: { id, epoch: 2, nothingNew: true } });
    assert.deepEqual(
      responses.flatMap(({ partitions }) => partitions.map(({ records }) => baseOffsets(records))),
      [[6]],
    );
  }),
  row('C-32', 'a leader epoch from the future is UNKNOWN_LEADER_EPOCH', async (stage) => {
    const topic = await filled(stage);
    assert.equal((await stage.fetch(topic, 0, { currentLeaderEpoch: 0 })).errorCode, 0);
    assert.equal((await stage.fetch(topic, 0, { currentLeaderEpoch: 7 })).errorCode, 75);
    assert.equal((await stage.offsets(topic, -1, { currentLeaderEpoch: 7 }))[0]?.errorCode, 75);
  }),
  row('C-32', 'who fetched an epoch that never was is told where logs part', async (stage) => {
    const topic = await filled(stage);
    like(await stage.fetch(topic, 3, { lastFetchedEpoch: 0 }), {
      errorCode: 0,
      divergingEpoch: { epoch: -1, endOffset: -1 },
    });
    like(await stage.fetch(topic, 3, { lastFetchedEpoch: 5 }), { errorCode: 1 });
  }),
  row('C-32', 'OffsetForLeaderEpoch tells the end of an epoch, and nothing of those to come', async (stage) => {
    const topic = await filled(stage);
    const end = async (leaderEpoch: number): Promise<unknown[]> => {
      const { topics } = await stage.ask(OffsetForLeaderEpoch, 4, {
        topics: [{ topic: topic.name, partitions: [{ partition: 0, leaderEpoch }] }],
      });
      const [told] = topics[0]?.partitions ?? [];
      return [told?.errorCode, told?.leaderEpoch, told?.endOffset];
    };
    assert.deepEqual(await end(0), [0, 0, 6]);
    assert.deepEqual(await end(9), [0, -1, -1]);
  }),
  row('C-33', 'the offset of a time is the first record at it or later, inside a batch too', async (stage) => {
    const topic = await stage.topic();
    await stage.append(topic, batch(['a', 'b', 'c'], { timestamps: [10, 20, 30] }), batch(['d'], { timestamps: [40] }));
    const answers = [];
    for (const timestamp of [0, 10, 11, 15, 20, 30, 31, 40]) answers.push(await stage.offset(topic, timestamp));
    assert.deepEqual(answers, [
      [0, 10],
      [0, 10],
      [1, 20],
      [1, 20],
      [1, 20],
      [2, 30],
      [3, 40],
      [3, 40],
    ]);
    assert.deepEqual(await stage.offset(topic, 41), [-1, -1]);
  }),
  row('C-34', 'the special times: latest, earliest, max timestamp, earliest local, tiered, pending', async (stage) => {
    const topic = await stage.topic();
    await stage.append(topic, batch(['a', 'b', 'c'], { timestamps: [10, 50, 30] }));
    assert.deepEqual(await stage.offset(topic, -1), [3, -1]);
    assert.deepEqual(await stage.offset(topic, -2), [0, -1]);
    assert.deepEqual(await stage.offset(topic, -3), [1, 50]);
    assert.deepEqual((await stage.offset(topic, -4))[0], 0);
    assert.deepEqual((await stage.offset(topic, -5))[0], -1);
    const [pending] = await stage.offsets(topic, -6, { version: 11 });
    like(pending, { errorCode: 0, offset: -1 });
  }),
  row('C-34', 'the latest offset counts records, not batches', async (stage) => {
    const topic = await stage.topic();
    await stage.append(topic, batch(['a', 'b', 'c', 'd', 'e']));
    assert.deepEqual((await stage.offset(topic, -1))[0], 5);
  }),
  row('C-36', 'who reads uncommitted is told of no aborted transactions', async (stage) => {
    const topic = await filled(stage);
    assert.equal((await stage.fetch(topic, 0, { isolationLevel: 0 })).abortedTransactions, null);
    like(await stage.fetch(topic, 0, { isolationLevel: 1 }), { abortedTransactions: [], lastStableOffset: 6 });
  }),
  row('C-37', 'a commit comes back with metadata and leader epoch, and -1 where there is none', async (stage) => {
    const topic = await stage.topic({}, 2);
    const groupId = stage.name('group');
    await stage.coordinated(groupId);
    assert.equal(
      await commit(stage, groupId, topic, { committedOffset: 3, committedLeaderEpoch: 0, committedMetadata: 'said' }),
      0,
    );
    const { groups } = await stage.ask(OffsetFetch, 8, {
      groups: [{ groupId, topics: [{ name: topic.name, partitionIndexes: [0, 1] }] }],
    });
    const [first, second] = groups[0]?.topics[0]?.partitions ?? [];
    like(first, { committedOffset: 3, committedLeaderEpoch: 0, metadata: 'said', errorCode: 0 });
    like(second, { committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: 0 });
  }),
  row(
    'C-38',
    'a commit without a generation makes a simple group; one with a generation needs the group',
    async (stage) => {
      const topic = await stage.topic();
      const simple = stage.name('simple');
      await stage.coordinated(simple);
      assert.equal(await commit(stage, simple, topic, { committedOffset: 1, committedMetadata: '' }), 0);
      const unknown = stage.name('unknown');
      await stage.coordinated(unknown);
      const of = { generationIdOrMemberEpoch: 3, memberId: 'm' };
      const offset = { committedOffset: 1, committedMetadata: '' };
      assert.equal(await commit(stage, unknown, topic, offset, { ...of, version: 8 }), 22);
      assert.equal(await commit(stage, simple, topic, offset, { ...of, version: 8 }), 25);
    },
  ),
];
