import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { apis } from '../../src/wire/messages/index.ts';
import { answersApiVersions, Broker, FOLDER, repository } from '../brokers.ts';
import { Tally } from '../tally.ts';
import { disagreements } from './compare.ts';
import type { Conversation } from './conversation.ts';
import { differences, differencesPage, type Difference } from './differences.ts';
import { pick } from './fit.ts';
import { conversations } from './lists/index.ts';
import { Report, shown } from './report.ts';
import { fromSchema } from './schema/conversations.ts';
import { Talk, type Address } from './talk.ts';

/** Told to both brokers; the reference is started with what a single node needs anyway. */
const settings = {
  'log.dirs': ['data', 'data-2', 'data-3'].map((name) => `${FOLDER}/${name}`).join(','),
  // Records of these conversations are as old as 1970.
  'log.retention.ms': '-1',
  'group.initial.rebalance.delay.ms': '0',
  'group.consumer.assignment.interval.ms': '0',
  // Members that conversations leave behind are there until the end.
  'group.consumer.max.session.timeout.ms': '900000',
  'group.consumer.session.timeout.ms': '900000',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
};
const atOnce = 8;
const leftoversOverMs = 75_000;
const UNKNOWN_TRANSACTIONAL_ID = 105;
const breaksOff = 'the conversation breaks off';
const docsPage = join(repository, 'docs/differences.md');

const { values: options } = parseArgs({
  options: {
    self: { type: 'boolean', default: false },
    against: { type: 'string' },
    reference: { type: 'string' },
    report: { type: 'string', default: join(repository, 'compat-tests/.cache/answers.md') },
    settings: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
if (options.settings) {
  for (const [name, value] of Object.entries(settings)) console.log(`${name}=${value}`);
  process.exit();
}
if (options.write) {
  writeFileSync(docsPage, differencesPage());
  process.exit();
}
/** Whether the broker is the one that docs/differences.md is about, asked everything. */
const isWhole = !options.self && options.against === undefined && options.only === '';
const under = options.against ?? (options.self ? 'Apache Kafka' : 'Ottla');

const tally = new Tally('answers');
const report = new Report();
const seen = new Set<Difference>();

const nameOf = ({ api, title }: Conversation, version: number): string => `${api} v${version} ${title}`;

async function hold(address: Address, conversation: Conversation, version: number): Promise<Talk> {
  const name = nameOf(conversation, version).replace(/[^a-zA-Z0-9]+/g, '-');
  const talk = new Talk(address, conversation.api, version, name);
  try {
    await conversation.hold(talk);
  } catch (error) {
    talk.note(breaksOff, String(error));
  } finally {
    talk.close();
  }
  return talk;
}

async function compare(one: Address, other: Address, conversation: Conversation, version: number): Promise<void> {
  const { api, title } = conversation;
  const name = nameOf(conversation, version);
  const [theirs, ours] = await Promise.all([hold(one, conversation, version), hold(other, conversation, version)]);
  const complaints: string[] = [];
  const complain = (what: string): void => {
    complaints.push(what);
    report.complain(api, version, title, what);
  };
  const steps = Math.min(theirs.steps.length, ours.steps.length);
  if (theirs.steps.length !== ours.steps.length) complain('the conversation breaks off on one side');
  for (let i = 0; i < steps; i++) {
    const [their, our] = [theirs.steps[i], ours.steps[i]];
    const label = their?.label ?? '';
    const meant = new Set<Difference>();
    const unmeant = disagreements(their?.outcome, our?.outcome).filter((each) => {
      const listed = differences.find(({ where, path }) => where.test(`${name}: ${label}`) && path.test(each.path));
      if (listed === undefined || options.self) return true;
      meant.add(listed);
      seen.add(listed);
      return false;
    });
    report.count(api, version, meant, unmeant.length === 0);
    if (unmeant.length > 0) complain(`${label}: ${unmeant.map(shown).join('; ')}`);
    if (label === breaksOff) complain(`${label}: ${String(their?.outcome)}`);
  }
  if (complaints.length === 0) tally.ok(`${name} (${steps})`);
  else tally.fail(name, `${complaints.length} differences: ${complaints.join('; ')}`);
}

async function compareAll(one: Address, other: Address): Promise<void> {
  const made = (await advertised(other)).flatMap(fromSchema);
  const chosen = [...made, ...conversations]
    .flatMap((conversation) => conversation.versions.map((version) => ({ conversation, version })))
    .filter(({ conversation, version }) => new RegExp(options.only).test(nameOf(conversation, version)));
  const together = chosen.filter(({ conversation }) => !conversation.alone);
  const worker = async (): Promise<void> => {
    for (let next = together.shift(); next !== undefined; next = together.shift())
      await compare(one, other, next.conversation, next.version);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  // Members and transactions that were left behind are gone by then, and do not go while they are listed.
  if (options.only === '') await sleep(leftoversOverMs);
  for (const { conversation, version } of chosen)
    if (conversation.alone) await compare(one, other, conversation, version);
}

/** The APIs that a broker tells its clients it serves. */
async function advertised(address: Address): Promise<string[]> {
  const talk = new Talk(address, 'ApiVersions', 4, 'advertised');
  const asked = { clientSoftwareName: 'answers', clientSoftwareVersion: '1' };
  const answer = await talk.quietly('ApiVersions', asked);
  talk.close();
  const told = (pick(answer, 'apiKeys') ?? []) as readonly { readonly apiKey: number }[];
  return told.flatMap(({ apiKey }) => apis.get(apiKey)?.name ?? []);
}

/** Apache Kafka makes its internal topics and its first producer ids when they are needed; the group without a name is everyone's. */
async function awaken(address: Address): Promise<void> {
  const talk = new Talk(address, 'FindCoordinator', 6, 'awaken');
  const groups = Array.from({ length: 500 }, (_, i) => ({ groupId: `awaken-${i}` }));
  await talk.until('all group coordinators', async () => {
    await talk.quietly('FindCoordinator', { coordinatorKeys: ['awaken'] });
    const producer = await talk.quietly('InitProducerId', { transactionalId: null, transactionTimeoutMs: 1 });
    if (pick(producer, 'errorCode') !== 0) return false;
    const answer = await talk.quietly('OffsetFetch', { groups }, { version: 8 });
    return groups.every((_, i) => pick(answer, 'groups', i, 'errorCode') === 0);
  });
  const transactionalIds = groups.map(({ groupId }) => groupId);
  await talk.until('all transaction coordinators', async () => {
    await talk.quietly('FindCoordinator', { keyType: 1, coordinatorKeys: ['awaken'] });
    const answer = await talk.quietly('DescribeTransactions', { transactionalIds });
    return groups.every((_, i) => pick(answer, 'transactionStates', i, 'errorCode') === UNKNOWN_TRANSACTIONAL_ID);
  });
  const topic = await talk.topic('topic');
  const topics = [{ ...topic, partitions: [{ committedMetadata: '' }] }];
  await talk.quietly('OffsetCommit', { groupId: '', topics }, { version: 9 });
  talk.close();
}

const started: Broker[] = [];

/** A broker that is running somewhere, or one that is started here. */
async function party(running: string | undefined, kind: 'apache' | 'ottla'): Promise<Address> {
  if (running === undefined) {
    const broker = await Broker.start(kind, settings);
    started.push(broker);
    return { host: '127.0.0.1', port: broker.port };
  }
  const [, host, port] = /^(.+):(\d+)$/.exec(running) ?? [];
  if (host === undefined) throw new Error(`'${running}' is not HOST:PORT`);
  const address = { host, port: Number(port) };
  if (!(await answersApiVersions(address.port, host))) throw new Error(`no broker answers at ${running}`);
  return address;
}

try {
  const [one, other] = await Promise.all([
    party(options.reference, 'apache'),
    party(options.against, options.self ? 'apache' : 'ottla'),
  ]);
  await Promise.all([one, other].map(awaken));
  await sleep(200);
  await compareAll(one, other);
  for (const complaint of report.complaints()) console.log(`   ${complaint}`);
  console.log(`   ${report.answers} answers compared; the report is in ${options.report}`);
  mkdirSync(dirname(options.report), { recursive: true });
  writeFileSync(options.report, report.page(under));
  if (isWhole) {
    for (const difference of differences)
      if (!seen.has(difference)) tally.fail(difference.what, 'this difference is listed, but not there any more');
    await tally.check('docs/differences.md lists the differences (--write renews it)', () => {
      if (readFileSync(docsPage, 'utf8') !== differencesPage()) throw new Error('it does not');
    });
  }
} catch (error) {
  tally.fail('the comparison', error);
} finally {
  await Promise.all(started.map((broker) => broker.dispose()));
}
tally.close();
process.exit();
