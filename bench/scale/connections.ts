import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { MetadataRequest } from '../../src/wire/messages/index.ts';
import { Link, prepare } from '../load/link.ts';
import { recordSince } from '../load/measure.ts';
import { createTopic } from '../load/topic.ts';
import { pointwise, took, type Curve } from './curve.ts';
import { Subject } from './subject.ts';
import { pace, Trickle } from './trickle.ts';

const TOPIC = 'scale';
const PARTITIONS = 10;
const ACTIVE_PART = 0.1;
const PER_ACTIVE_PER_SECOND = 5;
const RECORD_BYTES = 100;
const AT_A_TIME = 100;
const WARM_UP_SECONDS = 3;
const SECONDS = 10;
const METADATA_VERSION = 12;

/** One connection in ten appends a record five times a second; the others have asked for metadata once and keep quiet. */
export const connections: Curve = {
  name: 'connections',
  title: `Connections, one in ten appending ${PER_ACTIVE_PER_SECOND} records a second`,
  axis: 'connections',
  at: [500, 1000, 2000, 5000],
  panels: [
    { title: 'Broker CPU', unit: '% of a core', columns: ['broker cpu %'] },
    { title: 'Broker CPU a request', unit: 'us', columns: ['cpu us/request'] },
    { title: 'Latency', unit: 'ms', columns: ['p50 ms', 'p99 ms'] },
    { title: 'Memory', unit: 'MiB', columns: ['RSS MiB', 'peak RSS MiB'] },
  ],
  measure: pointwise((count) =>
    Subject.with({}, async (subject) => {
      const { target } = subject;
      await createTopic(target, TOPIC, PARTITIONS);
      const before = subject.residentMiB;
      const active = count * ACTIVE_PART;
      const quiet: Link[] = [];
      const opening = await took(async () => {
        const metadata = prepare(MetadataRequest, METADATA_VERSION, { topics: [{ name: TOPIC }] });
        for (let left = count - active; left > 0; left -= AT_A_TIME) {
          const some = Array.from({ length: Math.min(left, AT_A_TIME) }, () => Link.open(target));
          quiet.push(...(await Promise.all(some)));
          await Promise.all(quiet.slice(-some.length).map((link) => link.request(metadata)));
        }
      });
      const opened = subject.residentMiB;
      const busy = await Promise.all(
        Array.from({ length: active }, () => Trickle.open(target, TOPIC, 1, RECORD_BYTES)),
      );
      const latency = createHistogram();
      const send = (turn: number): void => {
        const sentMs = performance.now();
        const trickle = busy[turn % active] as Trickle;
        trickle.send(turn % PARTITIONS, () => recordSince(latency, sentMs));
      };
      await pace(active * PER_ACTIVE_PER_SECOND, WARM_UP_SECONDS, send);
      latency.reset();
      const usage = await subject.during(() => pace(active * PER_ACTIVE_PER_SECOND, SECONDS, send));
      await sleep(1000);
      for (const link of [...quiet, ...busy]) link.close();
      return {
        'open s': opening / 1000,
        'RSS KiB/connection': ((opened - before) * 1024) / quiet.length,
        'broker cpu %': usage.cpuPercent,
        'cpu us/request': (usage.cpuSeconds * 1e6) / (active * PER_ACTIVE_PER_SECOND * SECONDS),
        'p50 ms': latency.percentile(50) / 1000,
        'p99 ms': latency.percentile(99) / 1000,
        'loop p99.9 ms': usage.loop.p999,
        'RSS MiB': usage.residentMiB,
        'peak RSS MiB': usage.peakMiB,
      };
    }),
  ),
};
