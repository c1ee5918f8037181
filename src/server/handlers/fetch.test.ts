import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { batchOf, broker, client, createTopic, deleteTopic, Fetch, fetchFrom, produceTo } from '../../../sim/broker.ts';
import { ErrorCode } from '../../wire/index.ts';
import { DeleteRecordsRequest, DeleteRecordsResponse } from '../../wire/messages/index.ts';
import { recordsOf, scanBatches } from '../../wire/records/index.ts';

const DeleteRecords = { request: DeleteRecordsRequest, response: DeleteRecordsResponse };

const valuesOf = (records: Buffer | null): string[] =>
  scanBatches(records ?? Buffer.alloc(0)).batches.flatMap((batch) =>
    recordsOf(batch, { maxBytes: 1 << 20 }).map(({ value }) => String(value)),
  );

describe('Fetch', () => {
  test.each([4, 5, 6, 7, 8, 9, 10, 11, 12])('v%d reads from an offset to the high watermark', async (version) => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    for (const value of ['a', 'b', 'c']) await produceTo(wire, 'orders', batchOf([value]));
    const answer = await fetchFrom(wire, 'orders', 1, { version });
    expect(valuesOf(answer.records)).toEqual(['b', 'c']);
    expect(answer).toMatchObject({
      errorCode: 0,
      highWatermark: 3,
      lastStableOffset: 3,
      logStartOffset: version >= 5 ? 0 : -1,
    });
  });

  test.each([13, 14, 15, 16, 17, 18])('v%d names topics by id; an unknown id is UNKNOWN_TOPIC_ID', async (version) => {
    const wire = await client(await broker());
    const topicId = await createTopic(wire, 'orders');
    await produceTo(wire, 'orders', batchOf(['a']));
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }];
    const { responses } = await wire.request(Fetch, version, {
      maxWaitMs: 0,
      minBytes: 1,
      topics: [
        { topicId, partitions },
        { topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partitions },
      ],
      forgottenTopicsData: [],
    });
    expect(
      responses.map(({ partitions: [partition] }) => [partition?.errorCode, valuesOf(partition?.records ?? null)]),
    ).toEqual([
      [ErrorCode.NONE, ['a']],
      [ErrorCode.UNKNOWN_TOPIC_ID, []],
    ]);
  });

  test('the batch that holds the offset comes whole, however small the limits (C-29)', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    await produceTo(wire, 'orders', batchOf(['a', 'b', 'c']));
    const { records } = await fetchFrom(wire, 'orders', 1, { maxBytes: 1, partitionMaxBytes: 1 });
    expect(valuesOf(records)).toEqual(['a', 'b', 'c']);
  });

  test('an offset outside the log is OFFSET_OUT_OF_RANGE at once (C-30)', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    expect(await fetchFrom(wire, 'orders', 1, { maxWaitMs: 60_000 })).toMatchObject({
      errorCode: ErrorCode.OFFSET_OUT_OF_RANGE,
      highWatermark: -1,
    });
  });

  test('a waiting fetch is woken by an append (C-28)', async () => {
    const started = await broker();
    const reader = await client(started);
    const writer = await client(started);
    await createTopic(writer, 'orders');
    const waiting = fetchFrom(reader, 'orders', 0, { maxWaitMs: 60_000 });
    await produceTo(writer, 'orders', batchOf(['a']));
    expect(valuesOf((await waiting).records)).toEqual(['a']);
  });

  test('it waits until minBytes are there', async () => {
    const started = await broker();
    const reader = await client(started);
    const writer = await client(started);
    await createTopic(writer, 'orders');
    const size = batchOf(['a']).length;
    const waiting = fetchFrom(reader, 'orders', 0, { maxWaitMs: 60_000, minBytes: 2 * size });
    await produceTo(writer, 'orders', batchOf(['a']));
    await produceTo(writer, 'orders', batchOf(['b']));
    expect(valuesOf((await waiting).records)).toEqual(['a', 'b']);
  });

  test('it answers empty when the time is over', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    expect(await fetchFrom(wire, 'orders', 0, { maxWaitMs: 20 })).toMatchObject({
      errorCode: 0,
      highWatermark: 0,
      records: Buffer.alloc(0),
    });
  });

  test('deleting the topic wakes who waits on it', async () => {
    const started = await broker();
    const reader = await client(started);
    const writer = await client(started);
    await createTopic(writer, 'orders');
    const waiting = fetchFrom(reader, 'orders', 0, { maxWaitMs: 60_000 });
    await deleteTopic(writer, 'orders');
    expect(await waiting).toMatchObject({
      errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      abortedTransactions: null,
    });
  });

  test('a client with a leader epoch of its own is fenced when it is behind or ahead (C-32)', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    expect((await fetchFrom(wire, 'orders', 0, { currentLeaderEpoch: 0 })).errorCode).toBe(ErrorCode.NONE);
    expect((await fetchFrom(wire, 'orders', 0, { currentLeaderEpoch: 7 })).errorCode).toBe(
      ErrorCode.UNKNOWN_LEADER_EPOCH,
    );
  });

  test('the rest of the limit is filled with the beginning of the next batch', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    for (const value of ['a', 'b']) await produceTo(wire, 'orders', batchOf([value]));
    const size = batchOf(['a']).length;
    const { records } = await fetchFrom(wire, 'orders', 0, { maxBytes: size + 7 });
    expect([records?.length, valuesOf(records)]).toEqual([size + 7, ['a']]);
  });

  test('a negative limit is UNKNOWN_SERVER_ERROR where there is something to read', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    await produceTo(wire, 'orders', batchOf(['a']));
    const refused = { errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, highWatermark: -1 };
    expect(await fetchFrom(wire, 'orders', 0, { maxBytes: -1 })).toMatchObject(refused);
    expect(await fetchFrom(wire, 'orders', 0, { partitionMaxBytes: -1 })).toMatchObject(refused);
    expect(await fetchFrom(wire, 'orders', 1, { maxBytes: -1 })).toMatchObject({ errorCode: 0, highWatermark: 1 });
  });

  test.each([
    ['an isolation level that does not exist', { isolationLevel: 7 }],
    ['a session id that no broker gives', { sessionId: 2 ** 31 - 1, sessionEpoch: -1 }],
  ])('%s is UNKNOWN_SERVER_ERROR of the whole answer, and until v12 of each partition', async (_what, wrong) => {
    const wire = await client(await broker());
    const topicId = await createTopic(wire, 'orders');
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }];
    const ask = (version: number, topic: object) =>
      wire.request(Fetch, version, {
        maxWaitMs: 0,
        minBytes: 0,
        topics: [{ ...topic, partitions }],
        forgottenTopicsData: [],
        ...wrong,
      });
    expect(await ask(12, { topic: 'orders' })).toMatchObject({
      errorCode: ErrorCode.UNKNOWN_SERVER_ERROR,
      responses: [{ topic: 'orders', partitions: [{ errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, highWatermark: -1 }] }],
    });
    expect(await ask(13, { topicId })).toMatchObject({ errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, responses: [] });
  });

  test.each([
    [15, -1],
    [16, 1],
  ])('v%d: one who claims to be a replica is told the leader %d', async (version, leaderId) => {
    const wire = await client(await broker());
    const topicId = await createTopic(wire, 'orders');
    const answer = await wire.request(Fetch, version, {
      replicaState: { replicaId: 7, replicaEpoch: 1 },
      maxWaitMs: 0,
      minBytes: 0,
      topics: [{ topicId, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }] }],
      forgottenTopicsData: [],
    });
    expect(answer.responses[0]?.partitions[0]).toMatchObject({
      errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER,
      currentLeader: { leaderId },
    });
  });

  test('an unknown topic is UNKNOWN_TOPIC_OR_PARTITION', async () => {
    const wire = await client(await broker());
    expect((await fetchFrom(wire, 'nowhere', 0)).errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  });

  test('what does not exist is told last, and does not keep others from waiting', async () => {
    const started = await broker();
    const wire = await client(started);
    const other = await client(started);
    await createTopic(wire, 'orders');
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }];
    const answer = wire.request(Fetch, 12, {
      maxWaitMs: 10_000,
      minBytes: 1,
      topics: [
        { topic: 'missing', partitions },
        { topic: 'orders', partitions },
      ],
      forgottenTopicsData: [],
    });
    await produceTo(other, 'orders', batchOf(['a']));
    expect(
      (await answer).responses.map(({ topic, partitions: [of] }) => [
        topic,
        of?.errorCode,
        valuesOf(of?.records ?? null),
      ]),
    ).toEqual([
      ['orders', 0, ['a']],
      ['missing', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, []],
    ]);
  });

  test('read committed gets an aborted list, read uncommitted none (C-36)', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    await produceTo(wire, 'orders', batchOf(['a']));
    expect((await fetchFrom(wire, 'orders', 0, { isolationLevel: 1 })).abortedTransactions).toEqual([]);
    expect((await fetchFrom(wire, 'orders', 0)).abortedTransactions).toBeNull();
  });

  test('a large answer comes whole and in order, of each partition', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders', 2);
    const sent = [0, 1].map((partition) =>
      Array.from({ length: 30 }, (_, i) => `${partition} ${i} ${'x'.repeat(50_000)}`),
    );
    for (const [partition, values] of sent.entries())
      for (const value of values) await produceTo(wire, 'orders', batchOf([value]), { partition });
    const partitions = [0, 1].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1 << 21 }));
    const topics = [{ topic: 'orders', partitions }];
    const answer = await wire.request(Fetch, 12, { maxWaitMs: 0, minBytes: 1, topics, forgottenTopicsData: [] });
    expect(answer.responses.flatMap((each) => each.partitions.map(({ records }) => valuesOf(records)))).toEqual(sent);
    expect((await fetchFrom(wire, 'orders', 29)).errorCode).toBe(ErrorCode.NONE);
  });

  test('data that nobody has read since the start comes whole and in order', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ottla-fetch-'));
    try {
      const before = await broker({ dataDir });
      const writer = await client(before);
      await createTopic(writer, 'orders', 1, { 'segment.bytes': String(1 << 20) });
      const sent = Array.from({ length: 40 }, (_, i) => `${i} ${'x'.repeat(100_000)}`);
      for (const value of sent) await produceTo(writer, 'orders', batchOf([value]));
      await before.stop();
      const after = await broker({ dataDir });
      const reader = await client(after);
      const read: string[] = [];
      while (read.length < sent.length) {
        const { records } = await fetchFrom(reader, 'orders', read.length, { version: 11, isolationLevel: 1 });
        const values = valuesOf(records);
        expect(values.length).toBeGreaterThan(0);
        read.push(...values);
      }
      expect(read).toEqual(sent);
      await after.stop();
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });
});

describe('fetch sessions', () => {
  const ask = (
    sessionId: number,
    sessionEpoch: number,
    offsets: Readonly<Record<string, number>>,
    forgotten: readonly string[] = [],
  ) => ({
    maxWaitMs: 0,
    minBytes: 1,
    sessionId,
    sessionEpoch,
    topics: Object.entries(offsets).map(([topic, fetchOffset]) => ({
      topic,
      partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1 << 20 }],
    })),
    forgottenTopicsData: forgotten.map((topic) => ({ topic, partitions: [0] })),
  });

  test('after the first answer only partitions with news are told (KIP-227)', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'a');
    await createTopic(wire, 'b');
    const first = await wire.request(Fetch, 12, ask(0, 0, { a: 0, b: 0 }));
    expect(first.sessionId).toBeGreaterThan(0);
    expect(first.responses.map(({ topic }) => topic).sort()).toEqual(['a', 'b']);
    const second = await wire.request(Fetch, 12, ask(first.sessionId, 1, {}));
    expect(second).toMatchObject({ sessionId: first.sessionId, responses: [] });
    await produceTo(wire, 'b', batchOf(['x']));
    const third = await wire.request(Fetch, 12, ask(first.sessionId, 2, {}));
    expect(
      third.responses.map(({ topic, partitions: [partition] }) => [topic, valuesOf(partition?.records ?? null)]),
    ).toEqual([['b', ['x']]]);
    const fourth = await wire.request(Fetch, 12, ask(first.sessionId, 3, { b: 1 }, ['a']));
    expect(fourth.responses).toEqual([]);
  });

  test('a partition that had nothing new for long is told of when it has: records, a new log start, its end', async () => {
    const server = await broker();
    const [wire, other] = [await client(server), await client(server)];
    for (const topic of ['a', 'b', 'c']) await createTopic(wire, topic);
    await produceTo(wire, 'c', batchOf(['x', 'y']));
    const { sessionId } = await wire.request(Fetch, 12, ask(0, 0, { a: 0, b: 0, c: 2 }));
    for (const epoch of [1, 2, 3])
      expect((await wire.request(Fetch, 12, ask(sessionId, epoch, {}))).responses).toEqual([]);

    const waiting = wire.request(Fetch, 12, { ...ask(sessionId, 4, {}), maxWaitMs: 60_000 });
    await produceTo(other, 'b', batchOf(['z']));
    expect((await waiting).responses).toMatchObject([{ topic: 'b', partitions: [{ highWatermark: 1 }] }]);

    const topics = [{ name: 'c', partitions: [{ partitionIndex: 0, offset: 1 }] }];
    await other.request(DeleteRecords, 2, { topics, timeoutMs: 5_000 });
    expect((await wire.request(Fetch, 12, ask(sessionId, 5, { b: 1 }))).responses).toMatchObject([
      { topic: 'c', partitions: [{ errorCode: 0, logStartOffset: 1 }] },
    ]);

    const told = wire.request(Fetch, 12, { ...ask(sessionId, 6, {}), maxWaitMs: 60_000 });
    await deleteTopic(other, 'a');
    expect((await told).responses).toMatchObject([
      { topic: 'a', partitions: [{ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }] },
    ]);
  });

  test('an unknown session and a wrong epoch are errors of the whole answer (C-31)', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'a');
    expect(await wire.request(Fetch, 12, ask(12345, 1, { a: 0 }))).toMatchObject({
      errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND,
      responses: [],
    });
    const { sessionId } = await wire.request(Fetch, 12, ask(0, 0, { a: 0 }));
    expect(await wire.request(Fetch, 12, ask(sessionId, 5, { a: 0 }))).toMatchObject({
      errorCode: ErrorCode.INVALID_FETCH_SESSION_EPOCH,
    });
    expect(await wire.request(Fetch, 12, ask(sessionId, -1, { a: 0 }))).toMatchObject({ errorCode: 0, sessionId: 0 });
    expect(await wire.request(Fetch, 12, ask(sessionId, 1, {}))).toMatchObject({
      errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND,
    });
  });

  test('a topic deleted in a session is UNKNOWN_TOPIC_OR_PARTITION, by id too: its name was known', async () => {
    const wire = await client(await broker());
    const topicId = await createTopic(wire, 'a');
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }];
    const common = { maxWaitMs: 0, minBytes: 1, forgottenTopicsData: [] };
    const begin = { ...common, sessionId: 0, sessionEpoch: 0, topics: [{ topicId, partitions }] };
    const { sessionId } = await wire.request(Fetch, 13, begin);
    await deleteTopic(wire, 'a');
    const { responses } = await wire.request(Fetch, 13, { ...common, sessionId, sessionEpoch: 1, topics: [] });
    expect(responses).toMatchObject([
      { topicId, partitions: [{ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, abortedTransactions: [] }] },
    ]);
  });

  test('without a slot left the client goes on without a session', async () => {
    const wire = await client(await broker({ config: { 'max.incremental.fetch.session.cache.slots': '1' } }));
    await createTopic(wire, 'a');
    expect((await wire.request(Fetch, 12, ask(0, 0, { a: 0 }))).sessionId).toBeGreaterThan(0);
    expect((await wire.request(Fetch, 12, ask(0, 0, { a: 0 }))).sessionId).toBe(0);
  });
});
