import { consume } from '../load/consume.ts';
import { produce } from '../load/produce.ts';
import type { Figures as LoadFigures } from '../load/measure.ts';
import { pointwise, type Curve } from './curve.ts';
import { Subject } from './subject.ts';

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const BATCH_KIB = 64;
const PARTITIONS = 4;
const LOAD = { topic: 'scale', partitions: PARTITIONS, connections: 4, warmUpSeconds: 2, seconds: 6 };
/** Of one partition in an answer, as stock consumers ask for: a larger batch comes alone. */
const PARTITION_MAX_BYTES = 1024 * 1024;
const MAX_BYTES = 50 * 1024 * 1024;

/** As much as will go in, and out again, on four connections; five requests under way on each. */
export const recordSize: Curve = {
  name: 'record-size',
  title: `Records by their size, in batches of ${BATCH_KIB} KiB or of one record`,
  axis: 'KiB a record',
  at: [1, 16, 128, 1024, 8192],
  panels: [
    { title: 'Throughput', unit: 'MB/s', columns: ['in MB/s', 'out MB/s'] },
    { title: 'Broker CPU', unit: 's/GB', columns: ['in cpu s/GB', 'out cpu s/GB'] },
    { title: 'Highest memory', unit: 'MiB', columns: ['in peak RSS MiB', 'out peak RSS MiB'] },
  ],
  measure: pointwise((kib) =>
    Subject.with({ 'message.max.bytes': String(MAX_MESSAGE_BYTES) }, async (subject) => {
      const load = { ...LOAD, ...subject.target, brokerPid: subject.broker.pid };
      const sent: LoadFigures[] = [];
      const writing = await subject.during(async () => {
        const recordsPerBatch = Math.max(1, BATCH_KIB / kib);
        const how = { inFlight: 5, partitionsPerRequest: 1, compression: 'none', acks: -1 } as const;
        sent.push(await produce({ ...load, ...how, recordBytes: kib * 1024, recordsPerBatch }));
      });
      const read: LoadFigures[] = [];
      const reading = await subject.during(async () => {
        read.push(await consume({ ...load, maxBytes: MAX_BYTES, partitionMaxBytes: PARTITION_MAX_BYTES }));
      });
      const [input, output] = [sent[0] as LoadFigures, read[0] as LoadFigures];
      return {
        'in MB/s': input['MB/s'],
        'in cpu s/GB': input['broker cpu s/GB'] ?? NaN,
        'in p99 ms': input['p99 ms'],
        'in loop p99.9 ms': writing.loop.p999,
        'in peak RSS MiB': writing.peakMiB,
        'out MB/s': output['MB/s'],
        'out cpu s/GB': output['broker cpu s/GB'] ?? NaN,
        'out loop p99.9 ms': reading.loop.p999,
        'out peak RSS MiB': reading.peakMiB,
      };
    }),
  ),
};
