/** What is done to the broker, one attack after another. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from '../brokers.ts';
import { endsWithUs } from '../children.ts';
import { WireClient } from '../../sim/wire-client.ts';
import { type SeededRandom, ZERO_UUID } from '../../src/base/index.ts';
import {
  ApiVersionsRequest,
  ApiVersionsResponse,
  MetadataRequest,
  MetadataResponse,
} from '../../src/wire/messages/index.ts';
import { longArrays } from './arrays.ts';
import { bombs } from './bombs.ts';
import { cpuMs } from './cpu-time.ts';
import { RawConnection } from './raw-connection.ts';
import { apiVersions, batch, fetch, int16, int32, metadata, produce, produceError, request } from './requests.ts';
import { bigTopic, compactedTopic, plainTopic, recompressedTopic, roomyTopic } from './topics.ts';

export interface Attacked {
  readonly port: number;
  readonly address: string;
  readonly broker: Broker;
  readonly random: SeededRandom;
  readonly seed: number;
  /** Malformed frames of the flood. */
  readonly frames: number;
  /** Idle connections of the crowd. */
  readonly crowd: number;
  /** For the page of figures. */
  readonly say: (figure: string) => void;
}

async function closesOn(port: number, bytes: Buffer | string): Promise<void> {
  const connection = await RawConnection.open(port);
  connection.send(bytes);
  const said = await connection.end();
  assert.equal(said.length, 0, `answered ${said.subarray(0, 40).toString('hex')} instead of closing`);
}

/** Whatever the broker makes of it: it may answer, close, or wait for more. */
async function throwAt(port: number, bytes: Buffer, lingerMs = 20): Promise<void> {
  const connection = await RawConnection.open(port);
  connection.send(bytes);
  await sleep(lingerMs);
  connection.close();
}

async function produced(port: number, topic: string, records: Buffer): Promise<number> {
  const connection = await RawConnection.open(port);
  connection.send(produce(topic, records));
  const answer = await connection.frame(30_000);
  if (answer === undefined) throw new Error('the connection was closed');
  connection.send(apiVersions(2));
  assert.equal((await connection.frame())?.readInt32BE(0), 2, 'the connection goes on after it');
  connection.close();
  return produceError(topic, answer);
}

/** Ends the header of a flexible version. */
const noTags = Buffer.from([0]);

type Attack = (attacked: Attacked) => Promise<void>;

export const attacks: Readonly<Record<string, Attack>> = {
  'random bytes': async ({ port, random }) => {
    for (let i = 0; i < 100; i++) await throwAt(port, random.bytes(1 + ((i * 97) % 8192)), 5);
  },
  'random bytes in frames of the right length': async ({ port, random }) => {
    for (let i = 0; i < 100; i++) {
      const body = random.bytes(8 + ((i * 31) % 2000));
      await throwAt(port, Buffer.concat([int32(body.length), body]), 5);
    }
  },
  'random bodies behind good headers, for every API and version': async ({ port, random }) => {
    for (let apiKey = 0; apiKey <= 92; apiKey++) {
      for (const version of [0, 1, 3, 5, 9, 13]) await throwAt(port, request(apiKey, version, random.bytes(64)), 1);
    }
  },
  'frames cut off at every byte': async ({ port }) => {
    for (const whole of [apiVersions(), metadata(plainTopic), produce(plainTopic, batch())]) {
      for (let length = 1; length < whole.length; length++) await throwAt(port, whole.subarray(0, length), 1);
    }
  },
  'a negative length closes the connection': async ({ port }) => {
    await closesOn(port, int32(-1));
    await closesOn(port, int32(-2147483648));
  },
  'a length above socket.request.max.bytes closes the connection': async ({ port }) => {
    await closesOn(port, int32(104_857_601));
    await closesOn(port, int32(2147483647));
  },
  'HTTP on the port closes the connection': ({ port }) => closesOn(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  'TLS on the port closes the connection': ({ port, random }) =>
    closesOn(port, Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), random.bytes(194)])),
  'unknown API keys close the connection': async ({ port }) => {
    for (const key of [999, -1, 4, 5, 6, 7, 52, 32767]) await closesOn(port, request(key, 0, Buffer.alloc(0)));
  },
  'unknown versions close the connection': async ({ port }) => {
    for (const version of [99, -1]) await closesOn(port, request(3, version, Buffer.alloc(16)));
  },
  'ApiVersions of an unknown version is answered as version 0 with UNSUPPORTED_VERSION': async ({ port }) => {
    const connection = await RawConnection.open(port);
    connection.send(request(18, 99, noTags, 7));
    const expected = Buffer.concat([int32(7), int16(35), int32(1), int16(18), int16(0), int16(4)]);
    assert.equal((await connection.frame())?.toString('hex'), expected.toString('hex'));
    connection.close();
  },
  'an array that claims two billion elements': async ({ port }) => {
    for (const claim of [2147483647, 1_000_000, -2]) {
      await throwAt(port, request(3, 1, int32(claim)), 50);
      await throwAt(port, request(0, 7, Buffer.concat([int16(-1), int16(-1), int32(1), int32(claim)])), 50);
    }
  },
  'a wrong CRC is refused with CORRUPT_MESSAGE, and the connection goes on': async ({ port }) => {
    assert.equal(await produced(port, plainTopic, batch()), 0);
    assert.equal(await produced(port, plainTopic, batch({ crc: 12345 })), 2);
  },
  'batches that lie about length, magic and count are refused': async ({ port }) => {
    const lies = [
      { batchLength: 10 },
      { batchLength: 100_000_000 },
      { batchLength: -5 },
      { magic: 9 },
      { count: 2147483647 },
      { lastOffsetDelta: 77 },
    ];
    for (const lie of lies) {
      const code = await produced(port, plainTopic, batch(lie)).catch(() => 'closed');
      assert.notEqual(code, 0, JSON.stringify(lie));
    }
  },
  'a garbled compressed batch is refused where the broker must look inside': async ({ port, random }) => {
    for (const attributes of [1, 2, 3, 4]) {
      const code = await produced(port, compactedTopic, batch({ attributes, records: random.bytes(500) })).catch(
        () => 'closed',
      );
      assert.notEqual(code, 0, `compression ${attributes}`);
    }
  },
  'decompression bombs in every codec, where the broker must look inside and where it must not': async ({
    port,
    broker,
    say,
  }) => {
    for await (const { name, records } of bombs()) {
      const outcomes: string[] = [];
      let slowestMs = 0;
      for (const topic of [compactedTopic, recompressedTopic, roomyTopic, plainTopic]) {
        const startMs = performance.now();
        outcomes.push(String(await produced(port, topic, records).catch(() => 'closed')));
        slowestMs = Math.max(slowestMs, performance.now() - startMs);
      }
      const [compacted] = outcomes;
      assert.notEqual(compacted, 'closed', name);
      say(
        `bomb | ${name}: ${kib(records.length)} | ${outcomes.join(', ')} | ${slowestMs.toFixed()} ms | ${broker.residentMiB.toFixed()} MiB`,
      );
    }
  },
  'fifty frames that claim 100 MiB and never come': async ({ port, random }) => {
    const connections = await Promise.all(Array.from({ length: 50 }, () => RawConnection.open(port)));
    for (const connection of connections) connection.send(Buffer.concat([int32(100 << 20), random.bytes(1000)]));
    await sleep(1000);
    for (const connection of connections) connection.close();
  },
  'thirty frames sent byte by byte': async ({ port }) => {
    const connections = await Promise.all(Array.from({ length: 30 }, () => RawConnection.open(port)));
    for (const byte of apiVersions()) {
      for (const connection of connections) connection.send(Buffer.from([byte]));
      await sleep(20);
    }
    for (const connection of connections) {
      assert.equal((await connection.frame())?.readInt32BE(0), 1);
      connection.close();
    }
  },
  'a thousand connections that come and go, and three hundred that stay and say nothing': async ({ port }) => {
    for (let i = 0; i < 1000; i++) (await RawConnection.open(port)).close();
    const silent = await Promise.all(Array.from({ length: 300 }, () => RawConnection.open(port)));
    await sleep(500);
    for (const connection of silent) connection.close();
  },
  'twenty thousand requests at once on one connection are answered in order': async ({ port }) => {
    const connection = await RawConnection.open(port);
    connection.send(Buffer.concat(Array.from({ length: 20_000 }, (_, i) => apiVersions(i))));
    for (let i = 0; i < 20_000; i++) assert.equal((await connection.frame())?.readInt32BE(0), i);
    connection.close();
  },
  'clients that ask for 32 GB and never read': async ({ port }) => {
    const connections = await Promise.all(Array.from({ length: 10 }, () => RawConnection.open(port)));
    for (const connection of connections) {
      connection.socket.pause();
      connection.send(Buffer.concat(Array.from({ length: 200 }, (_, i) => fetch(bigTopic, i))));
    }
    await sleep(4000);
    for (const connection of connections) connection.close();
  },
  'consumers stopped with SIGSTOP while they read': async ({ address }) => {
    const script = join(import.meta.dirname, 'stopped-consumer.ts');
    const args = ['--import', 'tsx', script, address, bigTopic];
    const consumers = [1, 2, 3].map(() =>
      endsWithUs(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })),
    );
    await Promise.all(consumers.map((consumer) => once(consumer.stdout, 'data')));
    for (const consumer of consumers) consumer.kill('SIGSTOP');
    await sleep(4000);
    for (const consumer of consumers) consumer.kill('SIGKILL');
  },
  'a hundred thousand Produce requests at once on one connection': async ({ port }) => {
    const connection = await RawConnection.open(port);
    const one = produce(plainTopic, batch());
    connection.send(Buffer.concat(Array.from({ length: 100_000 }, () => one)));
    for (let i = 0; i < 100_000; i++) assert.ok((await connection.frame(30_000)) !== undefined);
    connection.close();
  },
  'a hundred connections that ask a thousand times for everything, and read nothing': async ({ port }) => {
    const connections = await Promise.all(Array.from({ length: 100 }, () => RawConnection.open(port)));
    const everything = request(3, 1, int32(-1));
    for (const connection of connections) {
      connection.socket.pause();
      connection.send(Buffer.concat(Array.from({ length: 1000 }, () => everything)));
    }
    await sleep(3000);
    for (const connection of connections) connection.close();
  },
  'arrays of fifty thousand elements, in every API': async ({ port, broker, say }) => {
    const asking = await WireClient.connect(port);
    const { apiKeys } = await asking.request({ request: ApiVersionsRequest, response: ApiVersionsResponse }, 0, {});
    const about = { topics: [{ name: plainTopic, topicId: ZERO_UUID }], includeTopicAuthorizedOperations: false };
    const told = await asking.request({ request: MetadataRequest, response: MetadataResponse }, 12, about);
    asking.close();
    const known = { name: plainTopic, topicId: told.topics[0]?.topicId ?? '' };
    const served = new Set(apiKeys.map(({ apiKey }) => apiKey));
    for (const { name, frame } of longArrays(known, (apiKey) => served.has(apiKey))) {
      const startMs = cpuMs(broker.pid);
      const answer = await answerTo(port, frame);
      const tookMs = cpuMs(broker.pid) - startMs;
      say(
        `array | ${name} | ${kib(frame.length)} asked | ${answer} | ${tookMs} ms of CPU | ${broker.residentMiB.toFixed()} MiB`,
      );
    }
  },
  'a crowd of idle, half-spoken and greedy connections, stopped and then gone at once': async (attacked) => {
    const { port, broker, crowd, say } = attacked;
    const before = { mib: broker.residentMiB, files: openFiles(broker) };
    const script = join(import.meta.dirname, 'crowd-client.ts');
    const people = endsWithUs(
      spawn(process.execPath, ['--import', 'tsx', script, String(port), String(crowd)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    await Promise.race([
      once(people.stdout, 'data'),
      once(people, 'exit').then(() => {
        throw new Error(`the crowd of ${crowd} did not come in; ulimit -n must be above that for both`);
      }),
    ]);
    assert.ok(openFiles(broker) - before.files >= crowd * 0.95, `${openFiles(broker)} open files`);
    say(
      `crowd | ${crowd} connections | ${before.mib.toFixed()} MiB before, ${broker.residentMiB.toFixed()} MiB with them`,
    );
    people.kill('SIGSTOP');
    await sleep(3000);
    const connection = await RawConnection.open(port);
    connection.send(apiVersions(5));
    assert.equal((await connection.frame())?.readInt32BE(0), 5, 'a newcomer is served');
    connection.close();
    people.kill('SIGKILL');
    const deadline = Date.now() + 20_000;
    while (openFiles(broker) > before.files + 100) {
      assert.ok(Date.now() < deadline, `${openFiles(broker)} files are open still, ${before.files} were before`);
      await sleep(100);
    }
  },
  'a flood of malformed frames, every API at every version': async ({ port, frames, seed, broker, say }) => {
    const script = join(import.meta.dirname, 'flood-client.ts');
    const args = ['--import', 'tsx', script, String(port), String(frames), String(seed)];
    const flood = endsWithUs(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
    let said = '';
    flood.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(flood, 'exit')) as [number | null];
    assert.equal(code, 0, 'the flood came to its end');
    const figures = JSON.parse(said) as Record<string, number>;
    say(
      `flood | ${Object.entries(figures)
        .map(([name, value]) => `${value} ${name}`)
        .join(', ')} | ${broker.residentMiB.toFixed()} MiB`,
    );
    assert.ok((figures['answered'] ?? 0) > frames / 20, 'many are answered');
    assert.ok((figures['closed'] ?? 0) > frames / 20, 'many close their connection');
  },
};

const kib = (bytes: number): string => `${(bytes / 1024).toFixed()} KiB`;

/** Sockets and files that the broker holds. */
const openFiles = ({ pid }: Broker): number => readdirSync(`/proc/${pid}/fd`).length;

async function answerTo(port: number, frame: Buffer): Promise<string> {
  const connection = await RawConnection.open(port);
  connection.send(frame);
  const answer = await connection.frame(45_000).catch(() => Buffer.alloc(0));
  connection.close();
  return answer === undefined ? 'closed' : answer.length === 0 ? 'silence' : `${kib(answer.length)} answered`;
}
