/**
 * A broker under load from stock clients is killed (SIGKILL) again and again, at chance moments, and started again. What it
 * acknowledged must be there: records once and in order, producer state, committed offsets, topics and configs.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Broker } from '../brokers.ts';
import { endsWithUs } from '../children.ts';
import { Tally } from '../tally.ts';
import { compiledJava } from '../toolchain.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: String(Date.now() % 1e9) } },
});
const kills = Number(values.kills);
const tally = new Tally('crash');
console.log(`   ${kills} kills, seed ${values.seed}`);

/** Mulberry32: moments of a run can be had again by its seed, as far as a real machine allows. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Small segments and frequent checkpoints, so that kills fall into rolling and checkpointing as well.
const broker = await Broker.start('ottla', {
  'log.segment.bytes': '1048576',
  'log.flush.offset.checkpoint.interval.ms': '300',
  'offsets.topic.segment.bytes': '1048576',
  'metadata.log.max.record.bytes.between.snapshots': '20000',
});
try {
  const classPath = await compiledJava([join(import.meta.dirname, 'Load.java')]);
  const load = endsWithUs(
    spawn('java', ['-Xmx1g', '-XX:+UseSerialGC', '-cp', classPath, 'Load', broker.address], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  let acknowledged = 0;
  let isReady = false;
  const verdicts: string[] = [];
  createInterface({ input: load.stdout }).on('line', (line) => {
    if (line.startsWith('acknowledged ')) acknowledged = Number(line.split(' ')[1]);
    else if (line === 'ready') isReady = true;
    else verdicts.push(line);
  });
  const ended = new Promise<void>((resolve) => load.once('close', () => resolve()));
  const isAlive = (): boolean => load.exitCode === null && load.signalCode === null;
  const random = chance(Number(values.seed));

  await tally.check(`the broker comes back after each of ${kills} kills`, killing, 60_000 + kills * 10_000);
  load.stdin.end('stop\n');
  await ended;
  for (const verdict of verdicts) {
    const [, word, what = '', why = ''] = /^(ok|FAIL) ([^:]*)(?:: (.*))?$/.exec(verdict) ?? [];
    if (word === 'ok') tally.ok(what);
    else if (word === 'FAIL') tally.fail(what, why);
    else console.log(`   ${verdict}`);
  }
  await tally.check('the load was judged', () => assert.equal(verdicts.length, 8));

  async function killing(): Promise<void> {
    while (!isReady && isAlive()) await sleep(20);
    for (let kill = 0; kill < kills; kill++) {
      // Only a broker that is at work can lose something.
      const before = acknowledged;
      for (const limit = Date.now() + 30_000; acknowledged < before + 200;) {
        assert.ok(isAlive() && Date.now() < limit, `nothing is acknowledged after kill ${kill}`);
        await sleep(5);
      }
      await sleep(random() * 250);
      await broker.kill();
      await broker.up();
    }
  }
} finally {
  tally.close();
  await broker.dispose();
}
