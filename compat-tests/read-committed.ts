import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endsWithUs } from './children.ts';
import { kcat } from './toolchain.ts';

export interface ReadRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: string;
}

/** Everything in a topic, by librdkafka's command; nothing while there is no such topic. Values have no line breaks. */
export async function readTopic(
  address: string,
  topic: string,
  isolation: 'read_committed' | 'read_uncommitted' = 'read_committed',
): Promise<ReadRecord[]> {
  const options = ['-X', `isolation.level=${isolation}`, '-X', 'check.crcs=true'];
  const args = ['-b', address, '-C', '-q', '-e', '-t', topic, '-o', 'beginning', ...options, '-f', '%p\t%o\t%k\t%s\n'];
  const child = endsWithUs(spawn(await kcat(), args, { stdio: ['ignore', 'pipe', 'ignore'], timeout: 90_000 }));
  const records: ReadRecord[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [partition, offset, key = '', ...rest] = line.split('\t');
    records.push({ partition: Number(partition), offset: Number(offset), key, value: rest.join('\t') });
  }
  return records;
}
