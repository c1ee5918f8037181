/**
 * The raw load generator: speaks the protocol with prepared batches, so that what a client costs is out of the way. A process of
 * its own; prints one line of JSON (`Figures`).
 *
 *   node --import tsx bench/load.ts produce --port 9092 --topic a --partitions 12 --connections 4 --pid <broker>
 *   node --import tsx bench/load.ts consume --port 9092 --topic a --partitions 12 --connections 2 --pid <broker>
 */
import { parseArgs } from 'node:util';
import type { CompressionType } from '../src/wire/records/index.ts';
import { consume } from './load/consume.ts';
import { produce } from './load/produce.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '9092' },
    pid: { type: 'string' },
    topic: { type: 'string', default: 'load' },
    partitions: { type: 'string', default: '1' },
    connections: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '5' },
    'warm-up': { type: 'string', default: '2' },
    'in-flight': { type: 'string', default: '5' },
    'record-bytes': { type: 'string', default: '1024' },
    'records-per-batch': { type: 'string', default: '16' },
    'partitions-per-request': { type: 'string', default: '1' },
    compression: { type: 'string', default: 'none' },
    acks: { type: 'string', default: '-1' },
    'max-bytes': { type: 'string', default: String(50 * 1024 * 1024) },
    'partition-max-bytes': { type: 'string', default: String(1024 * 1024) },
  },
});
const common = {
  host: values.host,
  port: Number(values.port),
  topic: values.topic,
  partitions: Number(values.partitions),
  connections: Number(values.connections),
  seconds: Number(values.seconds),
  warmUpSeconds: Number(values['warm-up']),
  brokerPid: values.pid === undefined ? undefined : Number(values.pid),
};
const workloads = {
  produce: () =>
    produce({
      ...common,
      inFlight: Number(values['in-flight']),
      recordBytes: Number(values['record-bytes']),
      recordsPerBatch: Number(values['records-per-batch']),
      partitionsPerRequest: Number(values['partitions-per-request']),
      compression: values.compression as CompressionType,
      acks: Number(values.acks),
    }),
  consume: () =>
    consume({
      ...common,
      maxBytes: Number(values['max-bytes']),
      partitionMaxBytes: Number(values['partition-max-bytes']),
    }),
};
const workload = workloads[positionals[0] as keyof typeof workloads];
if (workload === undefined) {
  console.error(`bench: say one of ${Object.keys(workloads).join(', ')}`);
  process.exit(2);
}
console.log(JSON.stringify(await workload()));
