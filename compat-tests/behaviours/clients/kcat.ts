import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import {
  KafkaFailure,
  type Client,
  type ConsumedRecord,
  type Header,
  type ProducedRecord,
  type Verbs,
} from '../client.ts';
import { endsWithUs } from '../../children.ts';
import { kcat } from '../../toolchain.ts';
import { codeInWords } from '../wording.ts';

interface Envelope {
  readonly partition: number;
  readonly offset: number;
  readonly ts: number;
  readonly key: string | null;
  readonly payload: string | null;
  readonly headers?: readonly string[];
}

interface Metadata {
  readonly brokers: readonly { id: number; name: string }[];
  readonly topics: readonly {
    topic: string;
    error?: string;
    partitions: readonly { partition: number; leader: number; replicas: { id: number }[]; isrs: { id: number }[] }[];
  }[];
}

interface Member {
  readonly child: ChildProcess;
  readonly received: ConsumedRecord[];
  readonly assignment: Set<number>;
  readonly revoked: Set<number>;
  complaints: string;
  leaving: boolean;
}

/** librdkafka through kcat: a process per verb, and one for each member of a group. */
export async function kcatClient(address: string): Promise<Client> {
  const command = await kcat();
  const version = /Version (\S+)/.exec(await output(command, ['-V'], ''))?.[1];
  const members = new Map<string, Member>();
  const member = (name: string): Member => {
    const found = members.get(name);
    if (!found) throw new Error(`no member ${name}`);
    return found;
  };
  const run = (args: readonly string[], input = ''): Promise<string> =>
    output(command, ['-b', address, ...args], input);
  const metadata = async (): Promise<Metadata> => JSON.parse(await run(['-L', '-J'])) as Metadata;

  const verbs: Partial<Verbs> = {
    async produce({ topic, records, compression = 'none', acks = -1, idempotent = false }) {
      for (const alike of runsOfAlike(records)) {
        const [{ value, partition, headers = [] }] = alike;
        const flags = [
          ...(value === null ? ['-Z'] : []),
          ...(partition === undefined ? [] : ['-p', String(partition)]),
          ...headers.flatMap(([name, text]) => ['-H', `${name}=${text}`]),
        ];
        const configs = {
          acks,
          'enable.idempotence': idempotent,
          'message.max.bytes': 4_000_000,
          'topic.partitioner': 'murmur2_random',
        };
        const lines = alike.map(
          (each) => `${typeof each.key === 'string' ? `${each.key}\t` : ''}${each.value ?? ''}\n`,
        );
        await run(['-P', '-t', topic, '-K', '\\t', '-z', compression, ...flags, ...settings(configs)], lines.join(''));
      }
    },
    async consume({ topic, from, partition, count, outOfRange }) {
      const start =
        from === 'earliest' ? 'beginning' : 'offset' in from ? String(from.offset) : `s@${from.timestampMs}`;
      const where = partition === undefined ? [] : ['-p', String(partition)];
      const reset = settings(outOfRange === 'fail' ? { 'topic.auto.offset.reset': 'error' } : {});
      const text = await run(['-C', '-q', '-J', '-t', topic, ...where, '-o', start, '-c', String(count), ...reset]);
      return text.trimEnd().split('\n').map(consumed);
    },
    listTopics: async () => (await metadata()).topics.map(({ topic }) => topic),
    async describeTopic({ topic }) {
      const found = (await metadata()).topics.find((each) => each.topic === topic);
      if (!found) throw new KafkaFailure(3, 'not among the topics that kcat lists (Unknown topic or partition)');
      const partitions = found.partitions.map((each) => ({
        index: each.partition,
        leader: each.leader,
        replicas: each.replicas.map(({ id }) => id),
        isr: each.isrs.map(({ id }) => id),
      }));
      return { partitions };
    },
    async cluster() {
      const { brokers } = await metadata();
      return {
        brokers: brokers.map(({ id, name }) => ({
          id,
          host: name.replace(/:\d+$/, ''),
          port: Number(/\d+$/.exec(name)?.[0]),
        })),
      };
    },
    async offsetAt({ topic, partition, at }) {
      const time = typeof at === 'object' ? at.timestampMs : at === 'earliest' ? -2 : -1;
      const text = await run(['-Q', '-t', `${topic}:${partition}:${time}`]);
      return Number(/offset (-?\d+)/.exec(text)?.[1]);
    },

    async join({
      member: name,
      group,
      topic,
      from = 'earliest',
      assignor = 'range',
      instanceId,
      commitOnLeave = false,
      sessionTimeoutMs = 10_000,
    }) {
      const configs = {
        'auto.offset.reset': from,
        'partition.assignment.strategy': assignor,
        'enable.auto.commit': commitOnLeave,
        'session.timeout.ms': sessionTimeoutMs,
        'heartbeat.interval.ms': 300,
        ...(instanceId === undefined ? {} : { 'group.instance.id': instanceId }),
      };
      const args = ['-b', address, '-G', group, '-J', '-u', '-E', ...settings(configs), topic];
      const child = endsWithUs(spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
      const joined: Member = {
        child,
        received: [],
        assignment: new Set(),
        revoked: new Set(),
        complaints: '',
        leaving: false,
      };
      createInterface({ input: child.stdout }).on('line', (line) => joined.received.push(consumed(line)));
      createInterface({ input: child.stderr }).on('line', (line) => rebalanced(joined, line));
      members.set(name, joined);
    },
    assignment: async ({ member: name }) => [...member(name).assignment].sort((a, b) => a - b),
    revoked: async ({ member: name }) => [...member(name).revoked].sort((a, b) => a - b),
    received: async ({ member: name }) => [...member(name).received],
    async vanish({ member: name }) {
      await leave(member(name), 'SIGKILL');
      members.delete(name);
    },
    async fault({ member: name }) {
      const { child, complaints } = member(name);
      return child.exitCode === null ? null : { code: codeInWords(complaints) ?? null, message: complaints };
    },
    async leave({ member: name }) {
      await leave(member(name));
      members.delete(name);
    },
  };

  return {
    name: 'kcat',
    version: `kcat ${version}`,
    wording: 'librdkafka',
    verbs,
    abilities: new Set([
      'gzip',
      'snappy',
      'lz4',
      'zstd',
      'headers',
      'refused names',
      'acks',
      'partitions',
      'cooperative-sticky',
      'static membership',
      'framed snappy',
      'fails out of range',
      'empty values',
    ]),
    async close() {
      await Promise.all([...members.values()].map((each) => leave(each)));
    },
  };
}

function settings(configs: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(configs).flatMap(([name, value]) => ['-X', `${name}=${value}`]);
}

function consumed(line: string): ConsumedRecord {
  const { partition, offset, ts, key, payload, headers = [] } = JSON.parse(line) as Envelope;
  const pairs = headers.flatMap((name, i): Header[] => (i % 2 === 0 ? [[name, headers[i + 1] ?? '']] : []));
  return { partition, offset, timestampMs: ts, key, value: payload, headers: pairs };
}

/** kcat gives headers, partition and "empty is null" to all records of a run. */
function runsOfAlike(records: readonly ProducedRecord[]): [ProducedRecord, ...ProducedRecord[]][] {
  const runs: [ProducedRecord, ...ProducedRecord[]][] = [];
  for (const record of records) {
    const last = runs.at(-1);
    if (last !== undefined && shape(last[0]) === shape(record)) last.push(record);
    else runs.push([record]);
  }
  return runs;
}

function shape({ value, partition, headers }: ProducedRecord): string {
  return JSON.stringify([value === null, partition, headers]);
}

/**
 * `% Group g rebalanced (memberid m): assigned: t [0], t [1]`, or `revoked: ...`; the cooperative ones read
 * `% Group g rebalanced: incremental assignment of 2 partition(s) (memberid m, ...): t [0], t [1]`.
 */
function rebalanced(member: Member, line: string): void {
  member.complaints += `${line}\n`;
  const [, what, partitions = ''] = /^% Group .* rebalanced.*\b(assign|revoke).*?: (.*)$/.exec(line) ?? [];
  for (const [, number] of partitions.matchAll(/\[(\d+)\]/g)) {
    if (what === 'assign') {
      member.assignment.add(Number(number));
    } else {
      member.assignment.delete(Number(number));
      if (!member.leaving) member.revoked.add(Number(number));
    }
  }
}

async function leave(member: Member, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  member.leaving = true;
  if (member.child.exitCode !== null) return;
  const exited = new Promise((resolve) => member.child.once('exit', resolve));
  member.child.kill(signal);
  await exited;
}

/** Runs kcat to its end and returns what it printed; 20 s are the limit. */
function output(command: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { timeout: 20_000, stdio: ['pipe', 'pipe', 'pipe'] });
    const printed: Buffer[] = [];
    let complaints = '';
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const known = codeInWords(complaints);
      if (known !== undefined) reject(new KafkaFailure(known, complaints));
      else if (code === 0) resolve(Buffer.concat(printed).toString());
      else reject(new Error(`kcat ended with ${code ?? signal}: ${complaints}`));
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
