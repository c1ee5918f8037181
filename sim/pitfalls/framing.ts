/** Handshake and framing. */
import assert from 'node:assert/strict';
import { apis, HeartbeatRequest, HeartbeatResponse, type ApiVersionsResponse } from '../../src/wire/messages/index.ts';
import { batch } from './batches.ts';
import { row, type Row } from './row.ts';
import {
  ApiVersions,
  Fetch,
  framed,
  int16,
  int32,
  JoinGroup,
  like,
  Metadata,
  Produce,
  rawFrame,
  timed,
  type Stage,
} from './stage.ts';

const software = { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' };
const told = (stage: Stage, version = 4): Promise<ApiVersionsResponse> => stage.ask(ApiVersions, version, software);
const PRODUCE = 0;
const INIT_PRODUCER_ID = 22;
const TELEMETRY = [71, 72];

export const framing: readonly Row[] = [
  row('C-1', 'ApiVersions of a version to come is answered in version 0, naming its own versions', async (stage) => {
    const expected = Buffer.concat([int32(42), int16(35), int32(1), int16(18), int16(0), int16(4)]);
    for (const version of [5, 9, 99, 32767]) {
      const answer = await stage.rawAnswer(rawFrame(18, version, Buffer.from([0, 2, 0x61, 2, 0x31, 0])));
      assert.equal(answer.toString('hex'), expected.toString('hex'));
    }
  }),
  row(
    'C-2',
    'the header of an ApiVersions answer has no tagged fields, not even in flexible versions',
    async (stage) => {
      for (const version of [3, 4]) {
        const answer = await stage.rawAnswer(framed(ApiVersions.request, version, software));
        assert.equal(
          answer.subarray(0, 6).toString('hex'),
          '0000002a0000',
          'correlation id, then at once the error code',
        );
        assert.ok(answer.readUInt8(6) > 1, 'then the length of the list of APIs');
      }
    },
  ),
  row('C-3', 'features that begin at 0 are not told before version 4, which Java clients die of', async (stage) => {
    const { supportedFeatures } = await told(stage, 3);
    assert.ok(supportedFeatures.some(({ name }) => name === 'metadata.version'));
    assert.deepEqual(
      supportedFeatures.filter(({ minVersion }) => minVersion < 1),
      [],
    );
    assert.ok((await told(stage, 4)).supportedFeatures.length >= supportedFeatures.length);
  }),
  row('C-4', 'Produce is told from version 0, though 0 to 2 close the connection', async (stage) => {
    const produce = (await told(stage)).apiKeys.find(({ apiKey }) => apiKey === PRODUCE);
    like(produce, { minVersion: 0, maxVersion: 13 });
    for (const version of [0, 1, 2]) await stage.refuses(rawFrame(PRODUCE, version, Buffer.alloc(16)));
  }),
  row('C-5', 'JoinGroup is served from version 0', async (stage) => {
    assert.equal((await told(stage)).apiKeys.find(({ apiKey }) => apiKey === 11)?.minVersion, 0);
    for (const version of [0, 1]) {
      const groupId = stage.name('old');
      await stage.coordinated(groupId);
      const { errorCode, generationId } = await stage.ask(JoinGroup, version, {
        groupId,
        sessionTimeoutMs: 10_000,
        memberId: '',
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: Buffer.from('000000000000ffffffff', 'hex') }],
      });
      assert.deepEqual([errorCode, generationId], [0, 1]);
    }
  }),
  row('C-6', 'what cannot be a request closes the connection, and nothing else', async (stage) => {
    for (const key of [999, 4, 7, 52, -1]) await stage.refuses(rawFrame(key, 0));
    for (const version of [99, -1]) await stage.refuses(rawFrame(3, version, int32(0)));
    for (const sizeBytes of [-1, -2147483648, 104_857_601, 2147483647]) await stage.refuses(int32(sizeBytes));
    await stage.refuses(Buffer.from('GET / HTTP/1.1\r\nHost: broker\r\n\r\n'));
    assert.equal((await told(stage)).errorCode, 0, 'and the broker goes on');
  }),
  row('C-7', 'a client that negotiates nothing is served, in old versions and new', async (stage) => {
    const topic = await stage.topic();
    for (const version of [1, 4, 13])
      assert.equal(
        (await stage.ask(Metadata, version, { topics: null, includeTopicAuthorizedOperations: false })).topics.length >
          0,
        true,
      );
    assert.equal((await stage.produce(topic, batch(['a']), { version: 3 })).errorCode, 0);
    assert.equal((await stage.fetch(topic, 0, { version: 4 })).highWatermark, 1);
  }),
  row('C-7', 'each API is told with the whole range of Apache Kafka 4.3', async (stage) => {
    for (const { apiKey, minVersion, maxVersion } of (await told(stage)).apiKeys) {
      const [low = -1, high = -1] = apis.get(apiKey)?.request.versions ?? [];
      const unstable = apiKey === INIT_PRODUCER_ID ? 1 : 0;
      assert.deepEqual([apiKey, minVersion, maxVersion], [apiKey, apiKey === PRODUCE ? 0 : low, high - unstable]);
    }
  }),
  row('C-8', 'names of client software that no client has are INVALID_REQUEST', async (stage) => {
    const code = async (clientSoftwareName: string, clientSoftwareVersion: string): Promise<number> =>
      (await stage.ask(ApiVersions, 3, { clientSoftwareName, clientSoftwareVersion })).errorCode;
    assert.deepEqual([await code('a.b-c', '1.2-3'), await code('', '1'), await code('a b', '1')], [0, 42, 42]);
    assert.deepEqual([await code('-a', '1'), await code('a-', '1'), await code('a', '')], [42, 42, 42]);
  }),
  row('C-9', 'telemetry is not told of until somebody wants it', async (stage) => {
    const keys = (await told(stage)).apiKeys.map(({ apiKey }) => apiKey);
    assert.deepEqual(
      keys.filter((key) => TELEMETRY.includes(key)),
      [],
    );
  }),
  row('C-10', 'tagged fields that nobody knows are skipped, in the header and in the body', async (stage) => {
    const unknownTag = Buffer.from([1, 9, 3, 1, 2, 3]);
    const body = Buffer.from([2, 0x67, 0, 0, 0, 1, 2, 0x6d, 0]);
    for (const tags of [
      [unknownTag, Buffer.from([0])],
      [Buffer.from([0]), unknownTag],
    ] as const) {
      const answer = await stage.rawAnswer(rawFrame(12, 4, Buffer.concat([tags[0], body, tags[1]])));
      assert.equal(answer.readInt32BE(0), 42);
    }
  }),
  row('C-10', 'an answer has no tagged fields with default values', async (stage) => {
    const wire = await stage.connect();
    wire.send(framed(HeartbeatRequest, 4, { groupId: 'none', generationId: 1, memberId: 'm' }));
    const answer = await wire.frame();
    assert.equal(answer?.length, 4 + 1 + 4 + 2 + 1);
    assert.equal(HeartbeatResponse.flexibleSince, 4);
    const topic = await stage.topic();
    const asked = { transactionalId: null, acks: -1, timeoutMs: 1000 };
    const good = { ...asked, topicData: [{ name: topic.name, partitionData: [{ index: 0, records: batch(['a']) }] }] };
    const produced = await stage.rawAnswer(framed(Produce.request, 10, good));
    assert.equal(produced.at(-1), 0, 'no node endpoints where no leader has moved');
  }),
  row('C-11', 'answers come in the order of the requests, and acks 0 takes no place among them', async (stage) => {
    const topic = await stage.topic();
    const wire = await stage.connect();
    const append = (acks: number): Buffer =>
      framed(
        Produce.request,
        9,
        {
          transactionalId: null,
          acks,
          timeoutMs: 1000,
          topicData: [{ name: topic.name, partitionData: [{ index: 0, records: batch(['a']) }] }],
        },
        acks + 10,
      );
    const waiting = framed(
      Fetch.request,
      12,
      {
        maxWaitMs: 300,
        minBytes: 1,
        topics: [{ topic: topic.name, partitions: [{ partition: 0, fetchOffset: 4, partitionMaxBytes: 1000 }] }],
        forgottenTopicsData: [],
      },
      20,
    );
    wire.send(
      Buffer.concat([append(0), append(-1), append(0), append(1), waiting, framed(ApiVersions.request, 0, {}, 30)]),
    );
    const correlationIds: (number | undefined)[] = [];
    const tookMs = await timed(async () => {
      for (let i = 0; i < 4; i++) correlationIds.push((await wire.frame())?.readInt32BE(0));
    });
    assert.deepEqual(correlationIds, [9, 11, 20, 30]);
    assert.ok(tookMs > 250, 'what was asked later waited for the fetch');
  }),
];
