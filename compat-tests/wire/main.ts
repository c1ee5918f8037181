/**
 * Our wire against Apache Kafka's: every definition, and random values of every message in every version, which
 * Kafka's own classes must read and write as we do.
 *
 *   main.ts LIBS [VALUES [SEED]]   the folder of Kafka's jars; how many values per version; where to start
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driftOf } from '../../scripts/message-drift.ts';
import { readDefinitions } from '../../scripts/message-definitions.ts';
import { leftOut } from '../../scripts/message-notes.ts';
import { SeededRandom } from '../../src/base/index.ts';
import { arbitraryMessage, everyMessage, versionsOf } from '../../src/wire/arbitrary-message.check.ts';
import { decodeMessage, encodeMessage, type Input, type Message } from '../../src/wire/index.ts';
import { apis } from '../../src/wire/messages/index.ts';
import { planFor } from '../../src/wire/plan.ts';
import { Tally } from '../tally.ts';
import { difference, toKafkaJson } from './kafka-json.ts';

const [libs, values = '10', seed = '1'] = process.argv.slice(2);
if (libs === undefined) throw new Error('usage: main.ts LIBS [VALUES [SEED]]');
const tally = new Tally('wire');

const definitions = readDefinitions([libs]).filter(({ name }) => !(name in leftOut));
for (const definition of definitions) {
  const message = everyMessage.find(({ name }) => name === definition.name);
  const api = apis.get(definition.apiKey);
  const drift = driftOf(definition, message && { message, ...(api && { api }) });
  const { low, high } = definition.versions;
  if (drift.length === 0) tally.ok(`${definition.name} v${low}-${high} is defined as in Kafka`);
  else tally.fail(`${definition.name} is defined as in Kafka`, drift.join('; '));
}
for (const { name } of everyMessage) {
  if (!definitions.some((definition) => definition.name === name)) tally.fail(name, 'Kafka has no such message');
}

interface Vector {
  readonly message: Message;
  readonly version: number;
  readonly seed: number;
  readonly frame: Buffer;
}

const vectors: Vector[] = [];
const lines: string[] = [];
for (const message of everyMessage) {
  for (const version of versionsOf(message)) {
    for (let i = 0; i < Number(values); i++) {
      const valueSeed = Number(seed) * 1_000_003 + version * 101 + i;
      const value = arbitraryMessage(message, version, new SeededRandom(valueSeed));
      const frame = encodeMessage(message, version, value as Input<Message>);
      vectors.push({ message, version, seed: valueSeed, frame });
      const json = toKafkaJson(planFor(message, version), value);
      lines.push(`${message.name}\t${version}\t${frame.toString('base64')}\t${json}\n`);
    }
  }
}

const answers = askKafka(lines);
for (const message of everyMessage) {
  let count = 0;
  const failures: string[] = [];
  for (const [i, vector] of vectors.entries()) {
    if (vector.message !== message) continue;
    count++;
    const why = disagreement(vector, answers[i] ?? 'bad\tno answer');
    if (why !== undefined) failures.push(`v${vector.version} seed ${vector.seed}: ${why}`);
  }
  if (failures.length === 0) tally.ok(`${message.name}: ${count} values cross to Kafka and back`);
  else tally.fail(`${message.name}: ${failures.length} of ${count} values`, failures.slice(0, 3).join('; '));
}
tally.close();

function askKafka(lines: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-wire-'));
  const [asked, answered] = [join(folder, 'vectors.tsv'), join(folder, 'answers.tsv')];
  try {
    writeFileSync(asked, lines.join(''));
    const java = ['-Xmx1g', '-XX:+UseSerialGC', '-cp', join(libs as string, '*')];
    execFileSync('java', [...java, join(import.meta.dirname, 'Verify.java'), asked, answered], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    return readFileSync(answered, 'utf8').trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function disagreement({ message, version, frame }: Vector, answer: string): string | undefined {
  const [verdict, text = ''] = [answer.slice(0, answer.indexOf('\t')), answer.slice(answer.indexOf('\t') + 1)];
  if (verdict !== 'ok') return text;
  const json = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return difference(planFor(message, version), decodeMessage(message, version, frame), json);
}
