import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Broker, repository } from '../brokers.ts';
import { Tally } from '../tally.ts';
import { disagreements, type Disagreement } from './compare.ts';
import type { Conversation } from './conversation.ts';
import { differences, differencesPage, type Difference } from './differences.ts';
import { pick } from './fit.ts';
import { conversations } from './lists/index.ts';
import { Talk } from './talk.ts';

/** Told to both brokers; the reference is started with what a single node needs anyway. */
const settings = {
  // Records of these conversations are as old as 1970.
  'log.retention.ms': '-1',
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
};
const atOnce = 4;
const breaksOff = 'the conversation breaks off';
const docsPage = join(repository, 'docs/differences.md');

const { values: options } = parseArgs({
  options: {
    self: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
if (options.write) {
  writeFileSync(docsPage, differencesPage());
  process.exit();
}

const tally = new Tally('answers');
const seen = new Set<Difference>();
let compared = 0;
/** Each complaint once, with the versions it was seen at. */
const complaints = new Map<string, number[]>();

const nameOf = ({ api, title }: Conversation, version: number): string => `${api} v${version} ${title}`;

const shown = ({ path, theirs, ours }: Disagreement): string => `${path}: apache ${theirs}, ottla ${ours}`;

async function hold(broker: Broker, conversation: Conversation, version: number): Promise<Talk> {
  const name = nameOf(conversation, version).replace(/[^a-zA-Z0-9]+/g, '-');
  const talk = new Talk(broker.port, conversation.api, version, name);
  try {
    await conversation.hold(talk);
  } catch (error) {
    talk.note(breaksOff, String(error));
  } finally {
    talk.close();
  }
  return talk;
}

async function compare(one: Broker, other: Broker, conversation: Conversation, version: number): Promise<void> {
  const name = nameOf(conversation, version);
  const [theirs, ours] = await Promise.all([hold(one, conversation, version), hold(other, conversation, version)]);
  let failures = 0;
  const complain = (what: string): void => {
    failures++;
    const key = `${conversation.api} ${conversation.title}: ${what}`;
    complaints.set(key, [...(complaints.get(key) ?? []), version]);
  };
  const steps = Math.min(theirs.steps.length, ours.steps.length);
  if (theirs.steps.length !== ours.steps.length) complain('the conversation breaks off on one side');
  for (let i = 0; i < steps; i++) {
    const [their, our] = [theirs.steps[i], ours.steps[i]];
    const label = their?.label ?? '';
    const unmeant = disagreements(their?.outcome, our?.outcome).filter((each) => {
      const meant = differences.find(({ where, path }) => where.test(`${name}: ${label}`) && path.test(each.path));
      if (meant !== undefined && !options.self) seen.add(meant);
      return meant === undefined || options.self;
    });
    if (unmeant.length > 0) complain(`${label}: ${unmeant.map(shown).join('; ')}`);
    if (label === breaksOff) complain(`${label}: ${String(their?.outcome)}`);
  }
  compared += steps;
  if (failures === 0) tally.ok(`${name} (${steps})`);
  else tally.fail(name, `${failures} differences`);
}

async function compareAll(one: Broker, other: Broker): Promise<void> {
  const chosen = conversations
    .flatMap((conversation) => conversation.versions.map((version) => ({ conversation, version })))
    .filter(({ conversation, version }) => nameOf(conversation, version).includes(options.only));
  const together = chosen.filter(({ conversation }) => !conversation.alone);
  const worker = async (): Promise<void> => {
    for (let next = together.shift(); next !== undefined; next = together.shift())
      await compare(one, other, next.conversation, next.version);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  for (const { conversation, version } of chosen)
    if (conversation.alone) await compare(one, other, conversation, version);
}

/** Apache Kafka makes its internal topics and its first producer ids when they are needed; the group without a name is everyone's. */
async function awaken(broker: Broker): Promise<void> {
  const talk = new Talk(broker.port, 'FindCoordinator', 6, 'awaken');
  const groups = Array.from({ length: 500 }, (_, i) => ({ groupId: `awaken-${i}` }));
  await talk.until('all group coordinators', async () => {
    await talk.quietly('FindCoordinator', { coordinatorKeys: ['awaken'] });
    const producer = await talk.quietly('InitProducerId', { transactionalId: null, transactionTimeoutMs: 1 });
    if (pick(producer, 'errorCode') !== 0) return false;
    const answer = await talk.quietly('OffsetFetch', { groups }, { version: 8 });
    return groups.every((_, i) => pick(answer, 'groups', i, 'errorCode') === 0);
  });
  const topic = await talk.topic('topic');
  const topics = [{ ...topic, partitions: [{ committedMetadata: '' }] }];
  await talk.quietly('OffsetCommit', { groupId: '', topics }, { version: 9 });
  talk.close();
}

let brokers: Broker[] = [];
try {
  brokers = await Promise.all([
    Broker.start('apache', settings),
    Broker.start(options.self ? 'apache' : 'ottla', settings),
  ]);
  const [one, other] = brokers as [Broker, Broker];
  await Promise.all(brokers.map(awaken));
  await sleep(200);
  await compareAll(one, other);
  for (const [what, versions] of complaints) console.log(`   ${what} (v${versions.sort((a, b) => a - b).join(',')})`);
  console.log(`   ${compared} answers compared`);
  if (!options.self && options.only === '') {
    for (const difference of differences)
      if (!seen.has(difference)) tally.fail(difference.what, 'this difference is listed, but not there any more');
    await tally.check('docs/differences.md lists the differences (--write renews it)', () => {
      if (readFileSync(docsPage, 'utf8') !== differencesPage()) throw new Error('it does not');
    });
    console.log(differencesPage());
  }
} catch (error) {
  tally.fail('the comparison', error);
} finally {
  await Promise.all(brokers.map((broker) => broker.dispose()));
}
tally.close();
process.exit();
