import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordSince } from '../load/measure.ts';
import { Session } from '../load/session.ts';
import { createTopic, topicId } from '../load/topic.ts';
import { pointwise, type Curve } from './curve.ts';
import { Subject } from './subject.ts';
import { pace, Trickle } from './trickle.ts';

const TOPIC = 'scale';
const APPENDS_PER_SECOND = 20;
const RECORDS = 16;
const RECORD_BYTES = 1024;
const MAX_WAIT_MS = 500;
const SECONDS = 10;
const WARM_UP_SECONDS = 3;

/** Consumers, each on a connection of its own, at the end of the one partition of a topic: all get every batch. */
export const tail: Curve = {
  name: 'tail',
  title: `Consumers at the tail, ${APPENDS_PER_SECOND} batches of ${RECORDS} KiB a second`,
  axis: 'consumers',
  at: [1, 10, 50, 100, 200, 400],
  panels: [
    { title: 'Broker CPU', unit: '% of a core', columns: ['broker cpu %'] },
    { title: 'Broker CPU a batch delivered', unit: 'us', columns: ['cpu us/delivery'] },
    { title: 'From sending to receiving', unit: 'ms', columns: ['p50 ms', 'p99 ms'] },
  ],
  measure: pointwise((consumers) =>
    Subject.with({}, async (subject) => {
      const { target } = subject;
      await createTopic(target, TOPIC, 1);
      const id = await topicId(target, TOPIC);
      const latency = createHistogram();
      const sentMs: number[] = [];
      let deliveries = 0;
      const onRecords = (_: number, endOffset: number): void => {
        // Batches have one size, and one producer: the offset tells which it was.
        const sent = sentMs[endOffset / RECORDS - 1] as number;
        recordSince(latency, sent);
        deliveries++;
      };
      const sessions = await Promise.all(
        Array.from({ length: consumers }, () =>
          Session.open({ ...target, topicId: id, partitions: [0], maxWaitMs: MAX_WAIT_MS, onRecords }),
        ),
      );
      const trickle = await Trickle.open(target, TOPIC, RECORDS, RECORD_BYTES);
      const send = (): void => {
        sentMs.push(performance.now());
        trickle.send(0);
      };
      await pace(APPENDS_PER_SECOND, WARM_UP_SECONDS, send);
      await sleep(MAX_WAIT_MS);
      latency.reset();
      deliveries = 0;
      const usage = await subject.during(async () => {
        await pace(APPENDS_PER_SECOND, SECONDS, send);
        await sleep(MAX_WAIT_MS);
      });
      const delivered = deliveries;
      await Promise.all(sessions.map((session) => session.end()));
      trickle.close();
      const appended = APPENDS_PER_SECOND * SECONDS * RECORDS * RECORD_BYTES;
      return {
        'deliveries/s': delivered / SECONDS,
        'broker cpu %': usage.cpuPercent,
        'cpu us/delivery': (usage.cpuSeconds * 1e6) / delivered,
        'times read': usage.diskReadBytes / appended,
        'p50 ms': latency.percentile(50) / 1000,
        'p99 ms': latency.percentile(99) / 1000,
        'loop p99.9 ms': usage.loop.p999,
        'peak RSS MiB': usage.peakMiB,
      };
    }),
  ),
};
