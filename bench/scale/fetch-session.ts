import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordSince } from '../load/measure.ts';
import { Session } from '../load/session.ts';
import { createTopic, topicId } from '../load/topic.ts';
import { pointwise, type Curve } from './curve.ts';
import { Subject } from './subject.ts';
import { pace, Trickle } from './trickle.ts';

const TOPIC = 'scale';
const RECORDS_PER_SECOND = 100;
const RECORD_BYTES = 100;
const MAX_WAIT_MS = 500;
const SECONDS = 10;
const SETTLE_MS = 2000;
/** So many until the code that serves them is compiled, and each partition has its files. */
const WARM_UP = { recordsPerSecond: 1000, seconds: 10 };
/** Spreads records over partitions without an order that could be foreseen. */
const STRIDE = 7919;

/** One consumer of all partitions of a topic: nothing comes, then a trickle of records, each to another partition. */
export const fetchSession: Curve = {
  name: 'fetch-session',
  title: `One consumer of many partitions, ${RECORDS_PER_SECOND} records a second in all`,
  axis: 'partitions',
  at: [100, 500, 1000, 2000, 4000],
  panels: [
    { title: 'Broker CPU', unit: '% of a core', columns: ['idle cpu %', 'trickle cpu %'] },
    { title: 'From sending to receiving', unit: 'ms', columns: ['p50 ms', 'p99 ms'] },
    { title: 'Memory', unit: 'MiB', columns: ['RSS MiB'] },
  ],
  measure: pointwise((partitions) =>
    Subject.with({}, async (subject) => {
      const { target } = subject;
      await createTopic(target, TOPIC, partitions);
      const latency = createHistogram();
      const sentMs = new Map<number, number>();
      const session = await Session.open({
        ...target,
        topicId: await topicId(target, TOPIC),
        partitions: Array.from({ length: partitions }, (_, partition) => partition),
        maxWaitMs: MAX_WAIT_MS,
        onRecords: (partition) => {
          const sent = sentMs.get(partition);
          if (sent !== undefined) recordSince(latency, sent);
        },
      });
      const trickle = await Trickle.open(target, TOPIC, 1, RECORD_BYTES);
      const send = (turn: number): void => {
        const partition = (turn * STRIDE) % partitions;
        sentMs.set(partition, performance.now());
        trickle.send(partition);
      };
      await pace(WARM_UP.recordsPerSecond, WARM_UP.seconds, send);
      await sleep(SETTLE_MS);
      const idle = await subject.during(() => sleep(SECONDS * 1000));
      await pace(RECORDS_PER_SECOND, SETTLE_MS / 1000, send);
      latency.reset();
      const answersBefore = session.answers;
      const busy = await subject.during(() => pace(RECORDS_PER_SECOND, SECONDS, send));
      const answers = session.answers - answersBefore;
      await session.end();
      trickle.close();
      return {
        'idle cpu %': idle.cpuPercent,
        'trickle cpu %': busy.cpuPercent,
        'cpu us/record': (busy.cpuSeconds * 1e6) / (RECORDS_PER_SECOND * SECONDS),
        'answers/s': answers / busy.seconds,
        'p50 ms': latency.percentile(50) / 1000,
        'p99 ms': latency.percentile(99) / 1000,
        'loop p99.9 ms': busy.loop.p999,
        'RSS MiB': busy.residentMiB,
      };
    }),
  ),
};
