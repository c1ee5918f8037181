/** What is seen of a broker from outside, over HTTP, and how it stands hostile askers. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  FileError,
  MemoryFileSystem,
  RecordingLogger,
  silentLogger,
  systemClock,
  systemRandom,
} from '../src/base/index.ts';
import { startBroker as startWholeBroker, type Broker } from '../src/broker.ts';
import { settle } from '../src/settings.ts';
import { startBroker } from '../src/testing/index.ts';
import {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
  InitProducerIdRequest,
  InitProducerIdResponse,
  OffsetCommitRequest,
  OffsetCommitResponse,
} from '../src/wire/messages/index.ts';
import { batchOf, broker, client, createTopic, deleteTopic, fetchFrom, produceTo } from './broker.ts';
import { ask, figure, parsePage, type PageFamily } from './metrics-page.ts';

jest.setTimeout(30_000);

const OffsetCommit = { request: OffsetCommitRequest, response: OffsetCommitResponse };
const InitProducerId = { request: InitProducerIdRequest, response: InitProducerIdResponse };
const FindCoordinator = { request: FindCoordinatorRequest, response: FindCoordinatorResponse };

const shown = (config: Record<string, string> = {}) =>
  broker({ config: { 'ottla.metrics.listener': '127.0.0.1:0', ...config } });

async function page({ metricsPort }: { readonly metricsPort: number | undefined }): Promise<Map<string, PageFamily>> {
  const { status, body } = await ask(metricsPort, '/metrics');
  expect(status).toBe(200);
  return parsePage(body);
}

/** Bytes as they are; resolves to what comes back until the broker closes the connection. */
async function say(port: number | undefined, ...parts: readonly string[]): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: port ?? 0 });
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString()));
  socket.on('error', () => {});
  for (const part of parts) socket.write(part);
  await once(socket, 'close');
  return answer;
}

describe('/metrics', () => {
  test('is a page that the text format allows, and names its content type', async () => {
    const { metricsPort } = await shown();
    const { headers, body } = await ask(metricsPort, '/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = parsePage(body);
    for (const [name, { type, help, samples }] of families) {
      expect([name, samples.size > 0, help.length > 5]).toEqual([name, true, true]);
      if (name.startsWith('ottla_')) expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    }
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_open_fds'])
      expect(families.has(name)).toBe(true);
  });

  test('counts what is produced and read, by broker, topic and partition', async () => {
    const started = await shown();
    const wire = await client(started);
    await createTopic(wire, 'a "b"', 1).catch(() => {});
    await createTopic(wire, 'lines', 2);
    const batch = batchOf(['one', 'two', 'three']);
    await produceTo(wire, 'lines', Buffer.from(batch));
    await produceTo(wire, 'lines', Buffer.from(batch), { partition: 1 });
    await fetchFrom(wire, 'lines', 0);
    const families = await page(started);
    const topic = '{topic="lines"}';
    const partition = '{topic="lines",partition="0"}';
    expect({
      in: figure(families, `ottla_topic_records_in_total${topic}`),
      bytesIn: figure(families, `ottla_topic_bytes_in_total${topic}`),
      out: figure(families, `ottla_topic_records_out_total${topic}`),
      bytesOut: figure(families, `ottla_topic_bytes_out_total${topic}`),
      end: figure(families, `ottla_partition_log_end_offset${partition}`),
      highWatermark: figure(families, `ottla_partition_high_watermark${partition}`),
      start: figure(families, `ottla_partition_log_start_offset${partition}`),
      bytes: figure(families, `ottla_partition_log_bytes${partition}`),
      segments: figure(families, `ottla_partition_segments${partition}`),
    }).toEqual({
      in: 6,
      bytesIn: 2 * batch.length,
      out: 3,
      bytesOut: batch.length,
      end: 3,
      highWatermark: 3,
      start: 0,
      bytes: batch.length,
      segments: 1,
    });
    expect(figure(families, 'ottla_records_in_total')).toBe(6);
    expect(figure(families, 'ottla_batch_bytes_bucket{le="256"}')).toBe(2);
    expect(figure(families, 'ottla_disk_written_bytes_total')).toBeGreaterThan(2 * batch.length);
  });

  test('tells requests by API and version, where their time goes, and the errors in their answers', async () => {
    const started = await shown();
    const wire = await client(started);
    await createTopic(wire, 'lines');
    await produceTo(wire, 'lines', batchOf(['one']), { version: 9 });
    await produceTo(wire, 'lines', batchOf(['one']), { version: 12 });
    await produceTo(wire, 'nothing', batchOf(['one']));
    const broken = batchOf(['one']);
    broken.writeUInt8(broken.readUInt8(broken.length - 1) ^ 1, broken.length - 1);
    await produceTo(wire, 'lines', broken);
    await fetchFrom(wire, 'lines', 7);
    const waiting = fetchFrom(wire, 'lines', 2, { maxWaitMs: 60, minBytes: 1 });
    await waiting;
    const families = await page(started);
    expect(figure(families, 'ottla_requests_total{api="Produce",version="9"}')).toBe(3);
    expect(figure(families, 'ottla_requests_total{api="Produce",version="12"}')).toBe(1);
    const error = (api: string, name: string) =>
      figure(families, `ottla_request_errors_total{api="${api}",error="${name}"}`);
    expect(error('Produce', 'UNKNOWN_TOPIC_OR_PARTITION')).toBe(1);
    expect(error('Produce', 'CORRUPT_MESSAGE')).toBe(1);
    expect(error('Fetch', 'OFFSET_OUT_OF_RANGE')).toBe(1);
    expect(figure(families, 'ottla_topic_refused_batches_total{topic="lines"}')).toBe(1);
    for (const phase of ['request_queue', 'local', 'remote', 'response_queue', 'response_send'])
      expect(figure(families, `ottla_request_phase_seconds_count{api="Produce",phase="${phase}"}`)).toBe(4);
    expect(figure(families, 'ottla_request_seconds_count{api="Fetch"}')).toBe(2);
    // The second fetch waited for records that did not come: that is no work of the broker.
    const waited = figure(families, 'ottla_request_phase_seconds_sum{api="Fetch",phase="remote"}');
    expect(waited).toBeGreaterThan(0.05);
    expect(figure(families, 'ottla_requests_in_progress{api="Produce"}')).toBe(0);
    expect(figure(families, 'ottla_request_bytes_total{api="Produce"}')).toBeGreaterThan(200);
    expect(figure(families, 'ottla_response_bytes_total{api="Produce"}')).toBeGreaterThan(100);
  });

  test('tells how far groups lag behind, and their states', async () => {
    const started = await shown();
    const wire = await client(started);
    const topicId = await createTopic(wire, 'lines');
    await produceTo(wire, 'lines', batchOf(['one', 'two', 'three', 'four', 'five']));
    await wire.request(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['readers'] });
    const committed = await wire.request(OffsetCommit, 8, {
      groupId: 'readers',
      generationIdOrMemberEpoch: -1,
      memberId: '',
      topics: [
        { name: 'lines', topicId, partitions: [{ partitionIndex: 0, committedOffset: 2, committedMetadata: '' }] },
      ],
    });
    expect(committed.topics[0]?.partitions[0]?.errorCode).toBe(0);
    const families = await page(started);
    expect(figure(families, 'ottla_group_lag{group="readers",topic="lines",partition="0"}')).toBe(3);
    expect(figure(families, 'ottla_group_committed_offset{group="readers",topic="lines",partition="0"}')).toBe(2);
    expect([...(families.get('ottla_group_state')?.samples.keys() ?? [])]).toEqual([
      expect.stringMatching(/group="readers".*state="Empty"/),
    ]);
  });

  test('tells how many transactional ids are in which state', async () => {
    const started = await shown();
    const wire = await client(started);
    await wire.request(FindCoordinator, 4, { keyType: 1, coordinatorKeys: ['payments'] });
    await wire.request(InitProducerId, 4, { transactionalId: 'payments', transactionTimeoutMs: 10_000 });
    expect(figure(await page(started), 'ottla_transactions{state="Empty"}')).toBe(1);
  });

  test('tells connections by listener, and what ended them', async () => {
    const started = await shown();
    const [first, second, third] = [await client(started), await client(started), await client(started)];
    await createTopic(first, 'lines');
    // A request of an API that nobody has.
    second.send(Buffer.from('0000000a7fff000000000001ffff0000', 'hex'));
    await second.closed;
    third.close();
    await third.closed;
    let families = await page(started);
    for (let i = 0; i < 100 && figure(families, 'ottla_connections_closed_total{cause="client"}') === 0; i++)
      families = await page(started);
    expect({
      open: figure(families, 'ottla_connections{listener="PLAINTEXT"}'),
      accepted: figure(families, 'ottla_connections_accepted_total{listener="PLAINTEXT"}'),
      client: figure(families, 'ottla_connections_closed_total{cause="client"}'),
      refused: figure(families, 'ottla_connections_closed_total{cause="refused"}'),
    }).toEqual({ open: 1, accepted: 3, client: 1, refused: 1 });
  });

  test('forgets a topic that is deleted, and not what went through it', async () => {
    const started = await shown();
    const wire = await client(started);
    await createTopic(wire, 'lines');
    await produceTo(wire, 'lines', batchOf(['one']));
    await deleteTopic(wire, 'lines');
    const families = await page(started);
    expect(
      families.get('ottla_topic_records_in_total')?.samples.has('ottla_topic_records_in_total{topic="lines"}'),
    ).toBe(false);
    expect(figure(families, 'ottla_records_in_total')).toBe(1);
  });

  test('counts compactions, and segments that retention deletes', async () => {
    const started = await shown({ 'log.cleaner.backoff.ms': '10', 'log.retention.check.interval.ms': '10' });
    const wire = await client(started);
    const megabyte = { 'segment.bytes': String(1 << 20) };
    await createTopic(wire, 'table', 1, { ...megabyte, 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0' });
    await createTopic(wire, 'lines', 1, { ...megabyte, 'retention.bytes': String(1 << 20) });
    const large = 'x'.repeat(400_000);
    for (let i = 0; i < 10; i++) {
      await produceTo(wire, 'table', batchOf([['the same key', large]]));
      await produceTo(wire, 'lines', batchOf([large]));
    }
    const compacted = 'ottla_compaction_read_bytes_total';
    const retired = 'ottla_retention_deleted_segments_total';
    let families = await page(started);
    while (figure(families, compacted) < 2_000_000 || figure(families, retired) < 2) families = await page(started);
    expect(figure(families, 'ottla_compactions_total')).toBeGreaterThan(0);
    expect(figure(families, 'ottla_compaction_written_bytes_total')).toBeLessThan(figure(families, compacted));
    expect(figure(families, 'ottla_compaction_seconds_total')).toBeGreaterThan(0);
    expect(figure(families, 'ottla_uncleanable_logs')).toBe(0);
  });

  test('leaves out lines of topics and partitions beyond the limit, and says how many', async () => {
    const started = await shown({ 'ottla.metrics.max.series': '10' });
    const wire = await client(started);
    await createTopic(wire, 'wide', 25);
    const families = await page(started);
    expect(families.get('ottla_partition_log_bytes')?.samples.size).toBe(10);
    const partitions = figure(families, 'ottla_leaders');
    expect(partitions).toBeGreaterThanOrEqual(75);
    expect(figure(families, 'ottla_metrics_series_left_out{metric="ottla_partition_log_bytes"}')).toBe(partitions - 10);
  });

  test('has no lines of partitions where they are not wanted', async () => {
    const families = await page(await shown({ 'ottla.metrics.per.partition': 'false' }));
    expect([...families.keys()].filter((name) => name.startsWith('ottla_partition_'))).toEqual([]);
  });

  test('is asked by many at once', async () => {
    const started = await shown();
    const pages = await Promise.all(Array.from({ length: 20 }, () => page(started)));
    expect(new Set(pages.map(({ size }) => size)).size).toBe(1);
  });
});

describe('/health', () => {
  test('is 200 while all is well', async () => {
    const { metricsPort } = await shown();
    const { status, body } = await ask(metricsPort, '/health');
    expect([status, JSON.parse(body)]).toEqual([200, { status: 'serving', reasons: [] }]);
  });
});

describe('a disk that fails', () => {
  const fs = new MemoryFileSystem();
  let started: Broker;
  beforeAll(async () => {
    const given = {
      listeners: 'PLAINTEXT://127.0.0.1:0',
      'log.dirs': '/a,/b',
      'ottla.metrics.listener': '127.0.0.1:0',
    };
    const { config, listeners, metrics } = settle(new Map(Object.entries(given)), { wildcardHost: 'localhost' });
    const world = { fs, clock: systemClock, random: systemRandom, logger: silentLogger };
    started = await startWholeBroker(config, listeners, world, metrics);
    const wire = await client({ port: started.addresses[0]?.port ?? 0 });
    await createTopic(wire, 'lines', 4);
    fs.fault = (operation, path) => {
      if (path.startsWith('/b/')) throw new FileError('EIO', operation, path);
    };
    for (let partition = 0; partition < 4; partition++) await produceTo(wire, 'lines', batchOf(['one']), { partition });
  });
  afterAll(() => started.close());

  test('makes the health 503, with the directory', async () => {
    const { status, body } = await ask(started.metricsPort, '/health');
    expect([status, JSON.parse(body)]).toEqual([503, { status: 'failing', reasons: ['log directory /b is offline'] }]);
  });

  test('is seen in the figures, and what lies on the others too', async () => {
    const families = await page(started);
    expect(figure(families, 'ottla_offline_log_directories')).toBe(1);
    const offline = figure(families, 'ottla_offline_replicas');
    expect(offline).toBeGreaterThan(0);
    expect(figure(families, 'ottla_leaders')).toBe(figure(families, 'ottla_replicas') - offline);
    expect([...(families.get('ottla_log_directory_free_bytes')?.samples.keys() ?? [])]).toEqual([
      'ottla_log_directory_free_bytes{path="/a"}',
    ]);
  });
});

describe('nothing is shown', () => {
  test('where nobody asks for it', async () => {
    const { metricsPort } = await broker();
    expect(metricsPort).toBeUndefined();
  });

  test('where the port is taken, which is said, and the broker serves', async () => {
    const first = await shown();
    const logger = new RecordingLogger();
    const listener = `127.0.0.1:${first.metricsPort}`;
    await using second = await startBroker({ config: { 'ottla.metrics.listener': listener }, logger });
    expect(second.metricsPort).toBeUndefined();
    expect(logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      expect.stringMatching(/metrics are not shown: .*the port is in use/),
    ]);
    await createTopic(await client(second), 'lines');
  });

  test.each(['9404', 'localhost:', ':99999', 'a:b:9404', '[::1]'])(
    'on an address that is none: %s',
    async (listener) => {
      await expect(startBroker({ config: { 'ottla.metrics.listener': listener } })).rejects.toThrow(
        `ottla.metrics.listener is ${listener}: it must be host:port`,
      );
    },
  );
});

describe('hostile askers', () => {
  test('are told what there is', async () => {
    const { metricsPort } = await shown();
    expect((await ask(metricsPort, '/')).status).toBe(404);
    expect((await ask(metricsPort, '/metrics/../health?x')).status).toBeGreaterThanOrEqual(200);
    expect(await say(metricsPort, 'POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody')).toMatch(
      /^HTTP\/1.1 405 .*[\s\S]*allow: GET, HEAD/i,
    );
  });

  test('get one answer per connection', async () => {
    const { metricsPort } = await shown();
    const request = 'GET /health HTTP/1.1\r\nHost: a\r\n\r\n';
    const answer = await say(metricsPort, request.repeat(50));
    expect(answer.match(/HTTP\/1.1 200/g)).toHaveLength(1);
  });

  test('send headers of any size, and are refused', async () => {
    const { metricsPort } = await shown();
    const answer = await say(metricsPort, 'GET /metrics HTTP/1.1\r\nHost: a\r\n', `X: ${'x'.repeat(100_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
  });

  test('send what is no HTTP, and are refused', async () => {
    const { metricsPort } = await shown();
    expect(await say(metricsPort, '\0\0\0\x20kafka?')).toMatch(/^HTTP\/1.1 400 /);
  });

  test('come in numbers: those beyond 32 are turned away, and the others served', async () => {
    const started = await shown();
    const sockets = Array.from({ length: 60 }, () => connect({ host: '127.0.0.1', port: started.metricsPort ?? 0 }));
    let closed = 0;
    const turnedAway = new Promise<void>((done) => {
      for (const socket of sockets)
        socket
          .on('error', () => {})
          .on('close', () => {
            if (++closed === 28) done();
          });
    });
    await turnedAway;
    for (const socket of sockets) socket.destroy();
    for (;;) {
      const answer = await ask(started.metricsPort, '/health').catch(() => undefined);
      if (answer?.status === 200) return;
    }
  });
});
