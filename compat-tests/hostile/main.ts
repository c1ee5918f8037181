/**
 * Hostile bytes and clients against the broker, an honest client beside them.
 *   --seed N     repeats a run   --only TEXT  the attacks with this in their name
 *   --frames N   malformed frames of the flood   --crowd N   idle connections
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import kafkajs from 'kafkajs';
import { SeededRandom } from '../../src/base/index.ts';
import { answersApiVersions, Broker } from '../brokers.ts';
import { Tally } from '../tally.ts';
import { createTopics } from '../topics.ts';
import { attacks } from './attacks.ts';
import { bigTopic, compactedTopic, plainTopic, recompressedTopic, roomyTopic, witnessTopic } from './topics.ts';
import { Witness } from './witness.ts';

/** How much more memory than before the attacks the broker may ever hold: unpacked bombs, and arrays the collector has not come to yet. */
const maxGrowthMiB = 1024;
/** How much the broker may work for others while a send of the honest client waits: a turn of its event loop, and what came before it. */
const maxCpuMs = 5000;
/** An id that no frame of the flood hits upon: UnregisterBroker does what it says. */
const uncommonNodeId = '7001';
/** Files that a process needs beside the connections of the crowd. */
const spareFiles = 500;

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string', default: '' },
    frames: { type: 'string', default: '60000' },
    crowd: { type: 'string', default: '10000' },
  },
});
const seed = Number(options.seed);
const tally = new Tally('hostile');

/** Looks at the broker's memory ten times a second. */
class MemoryWatch {
  readonly startMiB: number;
  peakMiB: number;
  private recentMiB = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(broker: Broker) {
    this.startMiB = this.peakMiB = broker.residentMiB;
    this.timer = setInterval(() => {
      if (!broker.isRunning) return;
      const { residentMiB } = broker;
      this.recentMiB = Math.max(this.recentMiB, residentMiB);
      this.peakMiB = Math.max(this.peakMiB, residentMiB);
    }, 100);
  }

  /** The most that was held since this was last asked. */
  takeRecentMiB(): number {
    const recent = this.recentMiB;
    this.recentMiB = 0;
    return recent;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

async function prepare(address: string): Promise<void> {
  const configured = (topic: string, ...configs: readonly (readonly [name: string, value: string])[]) => ({
    topic,
    configEntries: configs.map(([name, value]) => ({ name, value })),
  });
  const large = ['max.message.bytes', '67108864'] as const;
  await createTopics(address, [
    { topic: bigTopic },
    { topic: plainTopic },
    { topic: 'orders' },
    { topic: witnessTopic },
    configured(compactedTopic, ['cleanup.policy', 'compact'], large),
    configured(recompressedTopic, ['compression.type', 'lz4'], large),
    configured(roomyTopic, ['message.timestamp.type', 'LogAppendTime'], large),
  ]);
  const kafka = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  for (let i = 0; i < 96; i++) {
    await producer.send({ topic: bigTopic, messages: [{ value: Buffer.alloc(1_000_000, i) }] });
  }
  await producer.disconnect();
}

/** As many as this process, and those it starts, may have open. */
function crowdSize(): number {
  const most = Number(/Max open files\s+\d+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);
  const wanted = Number(options.crowd);
  if (most >= wanted + spareFiles) return wanted;
  console.log(`   ulimit -n is ${most} at most: ${wanted} connections want ${wanted + spareFiles}; taking fewer`);
  return Math.max(most - spareFiles, 100);
}

async function attackAll(broker: Broker): Promise<void> {
  await prepare(broker.address);
  const witness = new Witness(broker.address, broker.pid);
  await witness.start();
  await sleep(1000);
  const { pid } = broker;
  const watch = new MemoryWatch(broker);
  const attacked = {
    port: broker.port,
    address: broker.address,
    broker,
    random: new SeededRandom(seed),
    seed,
    frames: Number(options.frames),
    crowd: crowdSize(),
    say: (figure: string) => console.log(`   ${figure}`),
  };
  for (const [name, attack] of Object.entries(attacks)) {
    if (!name.includes(options.only)) continue;
    const startMs = Date.now();
    watch.takeRecentMiB();
    await witness.interim();
    const limitMs = 120_000 + Math.max(attacked.frames, attacked.crowd) * 10;
    await tally.check(
      name,
      async () => {
        await attack(attacked).finally(() =>
          assert.ok(broker.isRunning && broker.pid === pid, `the broker is down: ${broker.lastOutput.slice(-2000)}`),
        );
        // A connection that comes while too many others do waits for its next try, a second later.
        for (let tries = 0; !(await answersApiVersions(broker.port)); tries++)
          assert.ok(tries < 10, 'the broker does not answer');
        const { sent, slowestMs, worstCpuMs, complaint } = await witness.interim();
        console.log(
          `   ${((Date.now() - startMs) / 1000).toFixed(1)} s, ${watch.takeRecentMiB().toFixed()} MiB at most, ` +
            `${sent} honest sends, the slowest in ${slowestMs} ms, while the broker worked for ${worstCpuMs} ms`,
        );
        assert.equal(complaint, undefined);
        assert.ok(worstCpuMs <= maxCpuMs, `the honest client waited while the broker worked for ${worstCpuMs} ms`);
      },
      limitMs,
    );
    if (!broker.isRunning) break;
  }
  await tally.check('an honest client was served throughout', async () => {
    const { sent, complaint } = await witness.final();
    assert.equal(complaint, undefined);
    console.log(`   ${sent} records sent and read`);
  });
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
  broker = await Broker.start('ottla', { 'node.id': uncommonNodeId });
  await attackAll(broker);
} catch (error) {
  tally.fail('the attacks', error);
} finally {
  await broker?.dispose();
}
tally.close();
process.exit();
