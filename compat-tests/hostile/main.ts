import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import kafkajs from 'kafkajs';
import { answersApiVersions, Broker } from '../brokers.ts';
import { endsWithUs } from '../children.ts';
import { Tally } from '../tally.ts';
import { createTopics } from '../topics.ts';
import { RawConnection } from './raw-connection.ts';
import { apiVersions, batch, bomb, fetch, int16, int32, metadata, produce, produceError, request } from './requests.ts';
import { Witness, witnessTopic } from './witness.ts';

/** How much more memory than before the attacks the broker may ever hold. */
const maxGrowthMiB = 512;
const maxWaitMs = 5000;
const bigTopic = 'big';
const plainTopic = 'plain';
const compactedTopic = 'compacted';
const recompressedTopic = 'recompressed';

const { values: options } = parseArgs({
  options: { seed: { type: 'string', default: String(Date.now() % 1_000_000) } },
});
const tally = new Tally('hostile');

/** The same bytes for the same seed. */
function seededBytes(seed: number): (length: number) => Buffer {
  let state = seed >>> 0 || 1;
  return (length) => {
    const bytes = Buffer.alloc(length);
    for (let i = 0; i < length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[i] = state;
    }
    return bytes;
  };
}

/** Looks at the broker's memory ten times a second. */
class MemoryWatch {
  readonly startMiB: number;
  peakMiB: number;
  private readonly timer: NodeJS.Timeout;

  constructor(broker: Broker) {
    this.startMiB = this.peakMiB = broker.residentMiB;
    this.timer = setInterval(() => {
      if (broker.isRunning) this.peakMiB = Math.max(this.peakMiB, broker.residentMiB);
    }, 100);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

async function prepare(address: string): Promise<void> {
  const configured = (topic: string, name: string, value: string) => ({ topic, configEntries: [{ name, value }] });
  await createTopics(address, [
    { topic: bigTopic },
    { topic: plainTopic },
    { topic: witnessTopic },
    configured(compactedTopic, 'cleanup.policy', 'compact'),
    configured(recompressedTopic, 'compression.type', 'lz4'),
  ]);
  const kafka = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  for (let i = 0; i < 96; i++) {
    await producer.send({ topic: bigTopic, messages: [{ value: Buffer.alloc(1_000_000, i) }] });
  }
  await producer.disconnect();
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

type Attack = (port: number, address: string) => Promise<void>;

const random = seededBytes(Number(options.seed));

const attacks: Readonly<Record<string, Attack>> = {
  'random bytes': async (port) => {
    for (let i = 0; i < 100; i++) await throwAt(port, random(1 + ((i * 97) % 8192)), 5);
  },
  'random bytes in frames of the right length': async (port) => {
    for (let i = 0; i < 100; i++) {
      const body = random(8 + ((i * 31) % 2000));
      await throwAt(port, Buffer.concat([int32(body.length), body]), 5);
    }
  },
  'random bodies behind good headers, for every API and version': async (port) => {
    for (let apiKey = 0; apiKey <= 92; apiKey++) {
      for (const version of [0, 1, 3, 5, 9, 13]) await throwAt(port, request(apiKey, version, random(64)), 1);
    }
  },
  'frames cut off at every byte': async (port) => {
    for (const whole of [apiVersions(), metadata(plainTopic), produce(plainTopic, batch())]) {
      for (let length = 1; length < whole.length; length++) await throwAt(port, whole.subarray(0, length), 1);
    }
  },
  'a negative length closes the connection': async (port) => {
    await closesOn(port, int32(-1));
    await closesOn(port, int32(-2147483648));
  },
  'a length above socket.request.max.bytes closes the connection': async (port) => {
    await closesOn(port, int32(104_857_601));
    await closesOn(port, int32(2147483647));
  },
  'HTTP on the port closes the connection': (port) => closesOn(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  'TLS on the port closes the connection': (port) =>
    closesOn(port, Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), random(194)])),
  'unknown API keys close the connection': async (port) => {
    for (const key of [999, -1, 4, 5, 6, 7, 52, 32767]) await closesOn(port, request(key, 0, Buffer.alloc(0)));
  },
  'unknown versions close the connection': async (port) => {
    for (const version of [99, -1]) await closesOn(port, request(3, version, Buffer.alloc(16)));
  },
  'ApiVersions of an unknown version is answered as version 0 with UNSUPPORTED_VERSION': async (port) => {
    const connection = await RawConnection.open(port);
    connection.send(request(18, 99, noTags, 7));
    const expected = Buffer.concat([int32(7), int16(35), int32(1), int16(18), int16(0), int16(4)]);
    assert.equal((await connection.frame())?.toString('hex'), expected.toString('hex'));
    connection.close();
  },
  'an array that claims two billion elements': async (port) => {
    for (const claim of [2147483647, 1_000_000, -2]) {
      await throwAt(port, request(3, 1, int32(claim)), 50);
      await throwAt(port, request(0, 7, Buffer.concat([int16(-1), int16(-1), int32(1), int32(claim)])), 50);
    }
  },
  'a wrong CRC is refused with CORRUPT_MESSAGE, and the connection goes on': async (port) => {
    assert.equal(await produced(port, plainTopic, batch()), 0);
    assert.equal(await produced(port, plainTopic, batch({ crc: 12345 })), 2);
  },
  'batches that lie about length, magic and count are refused': async (port) => {
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
  'a garbled compressed batch is refused where the broker must look inside': async (port) => {
    for (const attributes of [1, 2, 3, 4]) {
      const code = await produced(port, compactedTopic, batch({ attributes, records: random(500) })).catch(
        () => 'closed',
      );
      assert.notEqual(code, 0, `compression ${attributes}`);
    }
  },
  'a small batch that unpacks to 400 MB': async (port) => {
    const bytes = bomb(400_000_000);
    for (const topic of [compactedTopic, recompressedTopic, plainTopic]) {
      await produced(port, topic, bytes).catch(() => 'closed');
    }
  },
  'fifty frames that claim 100 MiB and never come': async (port) => {
    const connections = await Promise.all(Array.from({ length: 50 }, () => RawConnection.open(port)));
    for (const connection of connections) connection.send(Buffer.concat([int32(100 << 20), random(1000)]));
    await sleep(1000);
    for (const connection of connections) connection.close();
  },
  'thirty frames sent byte by byte': async (port) => {
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
  'a thousand connections that come and go, and three hundred that stay and say nothing': async (port) => {
    for (let i = 0; i < 1000; i++) (await RawConnection.open(port)).close();
    const silent = await Promise.all(Array.from({ length: 300 }, () => RawConnection.open(port)));
    await sleep(500);
    for (const connection of silent) connection.close();
  },
  'twenty thousand requests at once on one connection are answered in order': async (port) => {
    const connection = await RawConnection.open(port);
    connection.send(Buffer.concat(Array.from({ length: 20_000 }, (_, i) => apiVersions(i))));
    for (let i = 0; i < 20_000; i++) assert.equal((await connection.frame())?.readInt32BE(0), i);
    connection.close();
  },
  'clients that ask for 32 GB and never read': async (port) => {
    const connections = await Promise.all(Array.from({ length: 10 }, () => RawConnection.open(port)));
    for (const connection of connections) {
      connection.socket.pause();
      connection.send(Buffer.concat(Array.from({ length: 200 }, (_, i) => fetch(bigTopic, i))));
    }
    await sleep(4000);
    for (const connection of connections) connection.close();
  },
  'consumers stopped with SIGSTOP while they read': async (_port, address) => {
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
};

async function attackAll(broker: Broker): Promise<void> {
  const witness = new Witness(broker.address);
  await prepare(broker.address);
  await witness.start();
  await sleep(1000);
  const { pid } = broker;
  const watch = new MemoryWatch(broker);
  for (const [name, attack] of Object.entries(attacks)) {
    await tally.check(name, async () => {
      await attack(broker.port, broker.address);
      assert.ok(broker.isRunning && broker.pid === pid, `the broker is down: ${broker.lastOutput.slice(-400)}`);
      assert.ok(await answersApiVersions(broker.port), 'the broker does not answer');
    });
    if (!broker.isRunning) break;
  }
  await tally.check('an honest client was served throughout', async () =>
    console.log(`   ${await witness.testify(maxWaitMs)}`),
  );
  await sleep(1000);
  watch.stop();
  await tally.check(`the broker never held more than ${maxGrowthMiB} MiB above what it held before`, () => {
    console.log(
      `   ${watch.startMiB.toFixed()} MiB before, ${watch.peakMiB.toFixed()} at most, ${broker.residentMiB.toFixed()} after`,
    );
    assert.ok(watch.peakMiB - watch.startMiB <= maxGrowthMiB);
  });
}

console.log(`   seed ${options.seed}`);
let broker: Broker | undefined;
try {
  broker = await Broker.start('ottla');
  await attackAll(broker);
} catch (error) {
  tally.fail('the attacks', error);
} finally {
  await broker?.dispose();
}
tally.close();
process.exit();
