import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { brokerConfigs, groupConfigs, topicConfigs, type ConfigDefinition } from '../../src/config/index.ts';
import { repository } from '../brokers.ts';
import type { Tally } from '../tally.ts';
import { compiledJava } from '../toolchain.ts';

const numbers =
  '0 1 -1 -2 -3 2 3 4 5 6 7 9 10 11 13 14 15 17 18 20 22 23 28 60 99 100 101 999 1000 1023 1024 4095 4096 10000 32767 ' +
  '32768 1048575 1048576 2097152 16777216 2147483647 2147483648 -2147483648 -2147483649 9223372036854775807 ' +
  '9223372036854775808 -9223372036854775808 -131072 -131073 +5 007 1_000 1e3 0x10 5L 5.0 .5 5. -.5 0.5 0.8 0.81 1.0 1.1 ' +
  '-0.1 1e-4 1f 0.5d';
const words =
  'abc true TRUE yes null * none all a,b a,,b a, , compact delete compact,delete Delete producer gzip GZIP zstd lz4 snappy ' +
  'uncompressed CreateTime LogAppendTime logappendtime latest earliest by_duration:PT1H by_duration:PT read_committed ' +
  'read_uncommitted 1:1 1:1,2:2 1:1, 1: PLAINTEXT SSL plaintext required requested broker controller broker,controller ' +
  'uniform range uniform,range simple consumer classic classic,consumer,streams,share TLSv1.2 TLSv1.2,TLSv1.3 ' +
  '1@localhost:9092 1@h:1,2@h:2 localhost:9092 127.0.0.1:5 org.apache.Foo disabled bidirectional upgrade downgrade ' +
  'DISABLED PEM JKS INFO DEBUG TRACE /data /data,/more SCRAM-SHA-256 GSSAPI GSSAPI,PLAIN DEFAULT https v';
const values = [...numbers.split(' '), ...words.split(' '), '', ' ', ' 5 ', ' false ', ' a , b ', ' delete , compact'];

/** Not to be judged one by one: Kafka loads classes, and looks at these only together with others, or not in its table. */
const apart = new Set([
  'max.connections.per.ip.overrides',
  'leader.replication.throttled.rate',
  'follower.replication.throttled.rate',
  'replica.alter.log.dirs.io.max.bytes.per.second',
]);

const kinds: Readonly<Record<string, ReadonlyMap<string, ConfigDefinition>>> = {
  broker: brokerConfigs,
  topic: topicConfigs,
  group: groupConfigs,
};

/** Every config with many values, good and bad: accepted or refused, and shown, as Kafka's own table has it. */
export async function compareValues(tally: Tally): Promise<void> {
  const asked = Object.entries(kinds).flatMap(([kind, table]) =>
    [...table.values()]
      .filter(({ name, type }) => type !== 'class' && type !== 'password' && !apart.has(name))
      .flatMap((definition) => values.map((value) => ({ kind, definition, value }))),
  );
  const classPath = await compiledJava([join(repository, 'compat-tests/config/Values.java')]);
  const child = spawn('java', ['-Xmx256m', '-cp', classPath, 'Values'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(
    asked.map(({ kind, definition, value }) => JSON.stringify([kind, definition.name, value])).join('\n'),
  );
  const theirs = (await text(child.stdout)).trimEnd().split('\n');
  const wrong = new Map<string, string[]>();
  asked.forEach(({ kind, definition, value }, index) => {
    const title = `values of the ${kind} config ${definition.name}`;
    const complaints = wrong.get(title) ?? [];
    wrong.set(title, complaints);
    const parsed = definition.parse(value);
    const ours = JSON.stringify('message' in parsed ? null : parsed.text);
    if (ours !== theirs[index]) complaints.push(`'${value}': apache ${theirs[index]}, ottla ${ours}`);
  });
  for (const [title, complaints] of wrong) {
    if (complaints.length === 0) tally.ok(title);
    else tally.fail(title, complaints.slice(0, 5).join('; '));
  }
}
