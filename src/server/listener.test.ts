import { connect, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { batchOf, broker, client, createTopic, Fetch, fetchFrom, Metadata, produceTo } from '../../sim/broker.ts';
import { RecordingLogger } from '../base/index.ts';
import { encodeRequestFrame } from '../wire/index.ts';
import { FetchRequest, MetadataRequest, ProduceRequest } from '../wire/messages/index.ts';

const closed = (socket: Socket): Promise<void> => new Promise((done) => socket.once('close', () => done()));

/** Sends bytes and resolves when the broker has closed the connection. */
async function refused(port: number, bytes: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  socket.write(bytes);
  await closed(socket);
}

const header = (apiKey: number, version: number): Buffer => {
  const frame = Buffer.alloc(14);
  frame.writeInt32BE(10, 0);
  frame.writeInt16BE(apiKey, 4);
  frame.writeInt16BE(version, 6);
  frame.writeInt32BE(1, 8);
  frame.writeInt16BE(-1, 12);
  return frame;
};

describe('what no error code can answer closes the connection, and the reason is logged (C-6)', () => {
  test.each([
    ['an unknown api key', header(999, 0), /api key 999/],
    ['a version that is not served', header(0, 0), /Produce version 0/],
    ['a frame of negative size', Buffer.from([0xff, 0xff, 0xff, 0xff]), /-1 bytes/],
    ['a frame over socket.request.max.bytes', Buffer.from([0x7f, 0xff, 0xff, 0xff]), /2147483647 bytes/],
    ['a browser', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /bytes is announced/],
    ['a frame too short for a header', Buffer.from([0, 0, 0, 1, 0]), /wanted/],
    ['a body that ends early', header(3, 8), /malformed Metadata version 8: MetadataRequest/],
  ])('%s', async (_what, bytes, reason) => {
    const logger = new RecordingLogger();
    const started = await broker({ logger });
    await refused(started.port, bytes);
    expect(logger.lines.map(({ message }) => message).join('\n')).toMatch(reason);
    expect((await (await client(started)).request(Metadata, 12, { topics: [] })).brokers).toHaveLength(1);
  });
});

describe('connections', () => {
  test('a request that is refused does not cost the answers before it', async () => {
    const started = await broker();
    const wire = await client(started);
    const good = encodeRequestFrame(
      FetchRequest,
      12,
      { correlationId: 7, clientId: null },
      { maxWaitMs: 0, minBytes: 0, topics: [], forgottenTopicsData: [] },
    );
    wire.send(Buffer.concat([...good, header(999, 0)]));
    expect((await wire.frame())?.readInt32BE(0)).toBe(7);
    await wire.closed;
  });

  test('the configured request size holds', async () => {
    const started = await broker({ config: { 'socket.request.max.bytes': '1000' } });
    const wire = await client(started);
    await createTopic(wire, 'orders');
    await expect(produceTo(wire, 'orders', batchOf(['x'.repeat(2000)]))).rejects.toThrow('closed');
  });

  test('answers come in the order of requests, though the first waits', async () => {
    const started = await broker();
    const [wire, other] = [await client(started), await client(started)];
    await createTopic(other, 'orders');
    // The client holds each answer against the correlation id of the oldest request that waits.
    const waiting = fetchFrom(wire, 'orders', 0, { maxWaitMs: 60_000 });
    const behind = wire.request(Metadata, 12, { topics: [] });
    await produceTo(other, 'orders', batchOf(['a']));
    expect((await waiting).highWatermark).toBe(1);
    expect((await behind).brokers).toHaveLength(1);
  });

  test('one connection that waits does not hold up another', async () => {
    const started = await broker();
    const [wire, other] = [await client(started), await client(started)];
    await createTopic(other, 'orders');
    const waiting = fetchFrom(wire, 'orders', 0, { maxWaitMs: 60_000 });
    expect((await other.request(Metadata, 12, { topics: [] })).brokers).toHaveLength(1);
    await produceTo(other, 'orders', batchOf(['a']));
    expect((await waiting).highWatermark).toBe(1);
  });

  test('a client that asks and does not read holds one answer of ours, not all', async () => {
    const started = await broker();
    const wire = await client(started);
    await createTopic(wire, 'large');
    const value = 'x'.repeat(900_000);
    for (let i = 0; i < 8; i++) await produceTo(wire, 'large', batchOf([value]));
    const before = process.memoryUsage().arrayBuffers;
    const deaf = connect(started.port, '127.0.0.1');
    const ask = Buffer.concat(
      encodeRequestFrame(
        FetchRequest,
        12,
        { correlationId: 1, clientId: null },
        {
          maxWaitMs: 0,
          minBytes: 1,
          topics: [{ topic: 'large', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 26 }] }],
          forgottenTopicsData: [],
        },
      ),
    );
    for (let i = 0; i < 100; i++) deaf.write(ask);
    for (let i = 0; i < 20; i++)
      await wire.request(Fetch, 12, { maxWaitMs: 10, minBytes: 1, topics: [], forgottenTopicsData: [] });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * value.length);
    deaf.destroy();
  });

  test('max.connections: more wait until one goes', async () => {
    const started = await broker({ config: { 'max.connections': '1' } });
    const first = await client(started);
    await first.request(Metadata, 12, { topics: [] });
    const second = await client(started);
    const answer = second.request(Metadata, 12, { topics: [] });
    expect(
      await Promise.race([
        answer.then(() => 'served'),
        first.request(Metadata, 12, { topics: [] }).then(() => 'waits'),
      ]),
    ).toBe('waits');
    first.close();
    expect((await answer).brokers).toHaveLength(1);
  });

  test('max.connections.per.ip: more are closed', async () => {
    const started = await broker({ config: { 'max.connections.per.ip': '1' } });
    const first = await client(started);
    await first.request(Metadata, 12, { topics: [] });
    await (
      await client(started)
    ).closed;
    expect((await first.request(Metadata, 12, { topics: [] })).brokers).toHaveLength(1);
  });

  test('connections.max.idle.ms: who says nothing is closed', async () => {
    const started = await broker({
      config: { 'connections.max.idle.ms': '50', 'connection.failed.authentication.delay.ms': '10' },
    });
    await (
      await client(started)
    ).closed;
  });

  test('connections.max.idle.ms=-1: who says nothing may stay', async () => {
    const started = await broker({ config: { 'connections.max.idle.ms': '-1' } });
    const silent = await client(started);
    const busy = await client(started);
    for (let i = 0; i < 50; i++) await busy.request(Metadata, 12, { topics: [] });
    expect((await silent.request(Metadata, 12, { topics: [] })).brokers).toHaveLength(1);
  });

  test('several listeners, each telling its own address; IPv6 among them', async () => {
    const started = await broker({
      config: {
        listeners: 'PLAINTEXT://127.0.0.1:0,SIX://[::1]:0',
        'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SIX:PLAINTEXT',
        'advertised.listeners': 'PLAINTEXT://127.0.0.1:0,SIX://[::1]:0',
      },
    });
    const { brokers } = await (await client(started)).request(Metadata, 12, { topics: [] });
    expect(brokers).toEqual([{ nodeId: 1, host: '127.0.0.1', port: started.port, rack: null }]);
  });
});

describe('with queued.max.request.bytes', () => {
  const limited = (bytes: number) =>
    broker({ config: { 'queued.max.request.bytes': String(bytes), 'socket.request.max.bytes': String(bytes) } });
  const large = Buffer.concat(
    encodeRequestFrame(
      ProduceRequest,
      9,
      { correlationId: 5, clientId: null },
      {
        acks: -1,
        timeoutMs: 5_000,
        topicData: [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(['x'.repeat(100_000)]) }] }],
      },
    ),
  );
  const begun = large.subarray(0, 1_000);
  const rest = large.subarray(1_000);
  const SIZE_BYTES = 4;

  /** A client that has sent the beginning of a request as large as all may be, and what another asks meanwhile. */
  async function heldUp() {
    const started = await limited(large.length - SIZE_BYTES);
    const [one, other, third] = [await client(started), await client(started), await client(started)];
    await createTopic(one, 'orders');
    const waiting = fetchFrom(third, 'orders', 0, { maxWaitMs: 200 });
    // When the first is answered the second has come too.
    const first = encodeRequestFrame(MetadataRequest, 12, { correlationId: 4, clientId: null }, { topics: [] });
    one.send(Buffer.concat([...first, begun]));
    expect((await one.frame())?.readInt32BE(0)).toBe(4);
    const answer = other.request(Metadata, 12, { topics: [] });
    expect(await Promise.race([answer.then(() => 'served'), waiting.then(() => 'waits')])).toBe('waits');
    return { one, answer };
  }

  test('others are read on when the request that fills it is answered', async () => {
    const { one, answer } = await heldUp();
    one.send(rest);
    expect((await one.frame())?.readInt32BE(0)).toBe(5);
    expect((await answer).brokers).toHaveLength(1);
  });

  test('or its client is gone', async () => {
    const { one, answer } = await heldUp();
    one.close();
    expect((await answer).brokers).toHaveLength(1);
  });

  test('all the same many requests may wait for records', async () => {
    const started = await limited(10_000);
    const wire = await client(started);
    await createTopic(wire, 'orders');
    const fetch = { maxWaitMs: 60_000, minBytes: 1, topics: [], forgottenTopicsData: [] };
    const topics = [{ topic: 'orders', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000 }] }];
    const waiting = [];
    for (let i = 0; i < 20; i++)
      waiting.push((await client(started)).request(Fetch, 12, { ...fetch, topics }, 'x'.repeat(1_000)));
    expect((await wire.request(Metadata, 12, { topics: [] })).brokers).toHaveLength(1);
    await produceTo(wire, 'orders', batchOf(['a']));
    for (const answer of await Promise.all(waiting)) expect(answer.responses[0]?.partitions[0]?.highWatermark).toBe(1);
  });
});
