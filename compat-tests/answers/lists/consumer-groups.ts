/** Consumer groups of KIP-848: heartbeats, two-phase rebalances, static members, expressions, and both protocols in one group. */
import { setTimeout as sleep } from 'node:timers/promises';
import { conversation, type Conversation } from '../conversation.ts';
import { pick, type Said } from '../fit.ts';
import type { Talk } from '../talk.ts';

interface Topic {
  readonly name: string;
  readonly topicId: string;
}

/** Within this time Apache Kafka's coordinator has heard of a change of topics, on a busy machine too. */
const TO_BE_HEARD_MS = 2000;

const bytes = (text: string): Buffer => Buffer.from(text);

/** The consumer protocol's subscription, version 1: what is wanted, and what is owned. */
function subscription(topic: string, owned: readonly number[] = []): Buffer {
  const name = Buffer.concat([Buffer.from([0, topic.length]), bytes(topic)]);
  const partitions = Buffer.alloc(4 + 4 * owned.length);
  partitions.writeInt32BE(owned.length);
  owned.forEach((partition, i) => partitions.writeInt32BE(partition, 4 + 4 * i));
  return Buffer.concat([
    Buffer.from([0, 1, 0, 0, 0, 1]),
    name,
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    ...(owned.length === 0 ? [Buffer.alloc(4)] : [Buffer.from([0, 0, 0, 1]), name, partitions]),
  ]);
}

/** A member of the consumer protocol, as its client plays it. */
class Member {
  readonly #talk: Talk;
  readonly #groupId: string;
  readonly #joining: Said;
  readonly memberId: string;
  epoch = 0;

  constructor(talk: Talk, groupId: string, memberId: string, joining: Said) {
    this.#talk = talk;
    this.#groupId = groupId;
    this.memberId = memberId;
    this.#joining = joining;
  }

  async join(label: string, more: Said = {}): Promise<Said> {
    const { memberId } = this;
    const joining = { memberId, rebalanceTimeoutMs: 30_000, topicPartitions: [], ...this.#joining };
    return this.#ask(`${memberId} ${label}`, { ...joining, ...more });
  }

  /** @param owned what it says it owns of the topic; left out: as before */
  beat(label: string, topic?: Topic, owned: readonly number[] = [], more: Said = {}): Promise<Said> {
    const { memberId, epoch } = this;
    const { instanceId = null } = this.#joining;
    const topicPartitions =
      topic === undefined ? null : owned.length === 0 ? [] : [{ topicId: topic.topicId, partitions: owned }];
    return this.#ask(`${memberId} ${label}`, { memberId, instanceId, memberEpoch: epoch, topicPartitions, ...more });
  }

  leave(label: string, memberEpoch = -1): Promise<Said> {
    const { memberId } = this;
    const { instanceId = null } = this.#joining;
    return this.#ask(`${memberId} ${label}`, { memberId, instanceId, memberEpoch });
  }

  commit(label: string, topic: Topic, memberEpoch = this.epoch, version = 9): Promise<Said> {
    const { memberId } = this;
    const request = {
      groupId: this.#groupId,
      memberId,
      generationIdOrMemberEpoch: memberEpoch,
      topics: [{ ...topic, partitions: [{ committedOffset: 5, committedMetadata: '' }] }],
    };
    return this.#talk.ask(`${memberId} ${label}`, 'OffsetCommit', request, { version });
  }

  fetch(label: string, memberEpoch = this.epoch): Promise<Said> {
    const groups = [{ groupId: this.#groupId, memberId: this.memberId, memberEpoch, topics: null }];
    return this.#talk.ask(`${this.memberId} ${label}`, 'OffsetFetch', { groups }, { version: 9 });
  }

  async #ask(label: string, request: Said): Promise<Said> {
    const answer = await this.#talk.ask(label, 'ConsumerGroupHeartbeat', { groupId: this.#groupId, ...request });
    const epoch = pick(answer, 'memberEpoch');
    if (pick(answer, 'errorCode') === 0 && typeof epoch === 'number') this.epoch = epoch;
    return answer;
  }
}

/** A topic that the group's coordinator has heard of: a member of another life of the group is assigned it. */
async function heardTopic(talk: Talk, groupId: string, what: string, partitions: number): Promise<Topic> {
  const topic = await talk.topic(what, { partitions });
  const probe = { groupId, memberId: 'probe', subscribedTopicNames: [topic.name] };
  const joining = { ...probe, rebalanceTimeoutMs: 30_000, topicPartitions: [] };
  await talk.until(`the coordinator to hear of ${topic.name}`, async () => {
    const joined = await talk.quietly('ConsumerGroupHeartbeat', joining);
    await talk.quietly('ConsumerGroupHeartbeat', { ...probe, memberEpoch: -1 });
    await talk.quietly('DeleteGroups', { groupsNames: [groupId] });
    return pick(joined, 'assignment', 'topicPartitions', 0, 'partitions') !== undefined;
  });
  return topic;
}

/** What the answer assigns of the one topic. */
function partitionsIn(answer: Said): number[] {
  const partitions = pick(answer, 'assignment', 'topicPartitions', 0, 'partitions');
  return Array.isArray(partitions) ? (partitions as number[]) : [];
}

const describe = (talk: Talk, label: string, ...groupIds: string[]): Promise<Said> =>
  talk.ask(label, 'ConsumerGroupDescribe', { groupIds });

export const consumerGroupConversations: readonly Conversation[] = [
  conversation('ConsumerGroupHeartbeat', 'what is asked is checked', async (talk) => {
    const groupId = talk.name('group');
    const topic = await heardTopic(talk, groupId, 'topic', 2);
    const joining = {
      groupId,
      memberId: 'one',
      rebalanceTimeoutMs: 30_000,
      subscribedTopicNames: [topic.name],
      topicPartitions: [],
    };
    const ask = (label: string, more: Said): Promise<Said> =>
      talk.ask(label, 'ConsumerGroupHeartbeat', { ...joining, ...more });
    await ask('no member id', { memberId: '', groupId: talk.name('made-ids') });
    await ask('no member id later', { memberId: '', memberEpoch: 1 });
    await ask('blank member id', { memberId: ' ', memberEpoch: 1 });
    await ask('no group id', { groupId: '' });
    await ask('blank group id', { groupId: ' ' });
    await ask('empty instance', { instanceId: '' });
    await ask('empty rack', { rackId: '' });
    await ask('no rebalance timeout', { rebalanceTimeoutMs: -1 });
    await ask('partitions when joining', { topicPartitions: [{ topicId: topic.topicId, partitions: [0] }] });
    await ask('null partitions when joining', { topicPartitions: null });
    await ask('no subscription', { subscribedTopicNames: null });
    await ask('away without an instance', { memberEpoch: -2 });
    await ask('epoch -3', { memberEpoch: -3 });
    await ask('no such assignor', { serverAssignor: 'best' });
    await ask('a group that is not there', { memberEpoch: 1 });
    await ask('leaves a group that is not there', { memberEpoch: -1 });
    await describe(talk, 'nothing was made', groupId);
    await ask('joins', {});
    await ask('joins again', {});
    await ask('an epoch ahead', { memberEpoch: 9, topicPartitions: null });
    await ask('another member', { memberId: 'two', memberEpoch: 1, topicPartitions: null });
    await ask('an instance that is not there', { instanceId: 'i', memberEpoch: 1, topicPartitions: null });
    await ask('the range assignor', { memberId: 'three', serverAssignor: 'range' });
    await describe(talk, 'the group', groupId);
    await talk.ask('DescribeGroups', 'DescribeGroups', { groups: [groupId] }, { version: 6 });
    await talk.ask('DescribeGroups before version 6', 'DescribeGroups', { groups: [groupId] }, { version: 5 });
    await talk.ask('is not deleted', 'DeleteGroups', { groupsNames: [groupId] });
    await ask('one leaves', { memberEpoch: -1 });
    await ask('three leaves', { memberEpoch: -1, memberId: 'three' });
    await ask('three leaves again', { memberEpoch: -1, memberId: 'three' });
    await describe(talk, 'empty', groupId);
    await talk.ask('is deleted', 'DeleteGroups', { groupsNames: [groupId] });
    await describe(talk, 'gone', groupId);
  }),
  conversation('ConsumerGroupHeartbeat', 'a rebalance in two phases', async (talk) => {
    const groupId = talk.name('group');
    const topic = await heardTopic(talk, groupId, 'topic', 5);
    const joining = { subscribedTopicNames: [topic.name] };
    const one = new Member(talk, groupId, 'one', joining);
    const two = new Member(talk, groupId, 'two', joining);
    const all = partitionsIn(await one.join('joins'));
    await one.beat('has it', topic, all);
    await one.beat('says nothing new');
    await two.join('joins');
    await describe(talk, 'reconciling', groupId);
    await two.beat('waits');
    const kept = partitionsIn(await one.beat('is to revoke', topic, all));
    await one.beat('still has it', topic, all);
    await one.beat('says nothing of it');
    await two.beat('still waits');
    await one.beat('has revoked', topic, kept);
    await two.beat('gets them');
    await describe(talk, 'stable', groupId);
    await one.commit('commits', topic);
    await one.commit('commits at an earlier epoch', topic, 2);
    await two.commit('commits at an earlier epoch', topic, 2);
    await two.commit('commits ahead', topic, 99);
    await two.commit('commits in a version without epochs', topic, two.epoch, 8);
    await two.fetch('fetches');
    await two.fetch('fetches at an earlier epoch', 1);
    await talk.ask('an admin fetches', 'OffsetFetch', { groups: [{ groupId, topics: null }] }, { version: 9 });
    await talk.ask('offsets that are read are not deleted', 'OffsetDelete', {
      groupId,
      topics: [{ name: topic.name, partitions: [{ partitionIndex: 0 }] }],
    });
    await one.leave('leaves');
    await two.beat('gets the rest');
    await two.beat('wants everything told', topic, [], {
      rebalanceTimeoutMs: 30_000,
      subscribedTopicNames: [topic.name],
    });
    await two.beat('subscribes to nothing', undefined, [], { subscribedTopicNames: [] });
    await two.beat('has nothing', topic, []);
    await describe(talk, 'of nothing', groupId);
  }),
  conversation('ConsumerGroupHeartbeat', 'three members join and go', async (talk) => {
    for (const serverAssignor of ['uniform', 'range']) {
      const groupId = talk.name(serverAssignor);
      const topic = await heardTopic(talk, groupId, `topic-${serverAssignor}`, 7);
      const joining = { subscribedTopicNames: [topic.name], serverAssignor };
      const members = ['a', 'b', 'c'].map((name) => new Member(talk, groupId, name, joining));
      const owned = new Map<Member, number[]>();
      const settle = async (label: string): Promise<void> => {
        for (let round = 0; round < 3; round++) {
          for (const member of members) {
            if (!owned.has(member)) continue;
            const answer = await member.beat(`${label} ${round}`, topic, owned.get(member) ?? []);
            if (pick(answer, 'assignment') !== null && pick(answer, 'errorCode') === 0)
              owned.set(member, partitionsIn(answer));
          }
        }
        await describe(talk, `${label}, all`, groupId);
      };
      for (const member of members) {
        owned.set(member, partitionsIn(await member.join('joins')));
        await settle(`with ${member.memberId}`);
      }
      const [first] = members;
      if (first === undefined) continue;
      await first.leave('leaves');
      owned.delete(first);
      await settle('without a');
    }
  }),
  conversation('ConsumerGroupHeartbeat', 'members that subscribe to different topics', async (talk) => {
    const groupId = talk.name('group');
    const odd = await heardTopic(talk, groupId, 'odd', 3);
    const even = await heardTopic(talk, groupId, 'even', 4);
    await talk.ask('the topics', 'Metadata', { topics: [{ name: odd.name }, { name: even.name }] });
    const one = new Member(talk, groupId, 'one', { subscribedTopicNames: [odd.name, even.name] });
    const two = new Member(talk, groupId, 'two', { subscribedTopicNames: [even.name] });
    const three = new Member(talk, groupId, 'three', { subscribedTopicNames: [odd.name, talk.name('none')] });
    for (const member of [one, two, three]) await member.join('joins');
    await describe(talk, 'what is to be', groupId);
  }),
  conversation('ConsumerGroupHeartbeat', 'static members', async (talk) => {
    const groupId = talk.name('group');
    const topic = await heardTopic(talk, groupId, 'topic', 2);
    const joining = { subscribedTopicNames: [topic.name], instanceId: 'seat' };
    const first = new Member(talk, groupId, 'first', joining);
    const second = new Member(talk, groupId, 'second', joining);
    await first.join('joins');
    await second.join('joins too early');
    await first.leave('goes for a while', -2);
    await describe(talk, 'while it is away', groupId);
    await second.join('takes the seat');
    await describe(talk, 'taken', groupId);
    await first.beat('is fenced');
    await first.leave('is fenced too', -2);
    await second.leave('leaves for good');
    await describe(talk, 'empty', groupId);
    await second.leave('once more');
  }),
  conversation('ConsumerGroupHeartbeat', 'topics change', async (talk) => {
    const groupId = talk.name('group');
    const name = talk.name('topic');
    const one = new Member(talk, groupId, 'one', { subscribedTopicNames: [name] });
    await one.join('joins before the topic is there');
    const topic = await talk.topic('topic', { partitions: 1 });
    await sleep(TO_BE_HEARD_MS);
    await one.beat('hears of it');
    await talk.quietly('CreatePartitions', { topics: [{ name, count: 3, assignments: null }], timeoutMs: 10_000 });
    await sleep(TO_BE_HEARD_MS);
    await one.beat('hears of more');
    await describe(talk, 'three partitions', groupId);
    await talk.quietly(
      'DeleteTopics',
      { topics: [{ name: topic.name, topicId: '' }], topicNames: [name], timeoutMs: 10_000 },
      { version: 5 },
    );
    await sleep(TO_BE_HEARD_MS);
    await one.beat('hears that it is gone');
    await describe(talk, 'nothing left', groupId);
  }),
  conversation('ConsumerGroupHeartbeat', 'expressions', async (talk) => {
    if (talk.version === 0) return;
    const groupId = talk.name('group');
    const a = await heardTopic(talk, groupId, 'match-a', 1);
    await talk.topic('other', { partitions: 1 });
    const regex = `${talk.name('match')}-.*`;
    const joining = { subscribedTopicRegex: regex };
    const one = new Member(talk, groupId, 'one', joining);
    for (const wrong of ['(', '[a', 'a{2001}', '(?<=a)b', '\\1', '*'])
      await one.join(`not valid: ${wrong}`, { subscribedTopicRegex: wrong });
    await one.join('joins');
    await talk.until('the expression to be matched', async () => {
      const described = await talk.quietly('ConsumerGroupDescribe', { groupIds: [groupId] });
      return pick(described, 'groups', 0, 'groupEpoch') === 2;
    });
    await one.beat('gets what matches');
    await describe(talk, 'by expression', groupId);
    const two = new Member(talk, groupId, 'two', { subscribedTopicNames: [a.name] });
    await two.join('joins by name');
    await describe(talk, 'by both', groupId);
    await one.beat('gives the expression up', undefined, [], {
      subscribedTopicRegex: '',
      subscribedTopicNames: [a.name],
    });
    await describe(talk, 'by name', groupId);
  }),
  conversation('ConsumerGroupHeartbeat', 'a classic group becomes a consumer group and one again', async (talk) => {
    const groupId = talk.name('group');
    const topic = await heardTopic(talk, groupId, 'topic', 2);
    const classic = talk.another();
    const protocols = (owned: readonly number[] = []): Said[] => [
      { name: 'range', metadata: subscription(topic.name, owned) },
    ];
    const joining = (memberId: string, owned: readonly number[] = []): Said => ({
      groupId,
      memberId,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      protocolType: 'consumer',
      protocols: protocols(owned),
    });
    const told = await classic.ask('is told its id', 'JoinGroup', joining(''), { version: 9 });
    const memberId = String(pick(told, 'memberId'));
    const joined = await classic.ask('joins', 'JoinGroup', joining(memberId), { version: 9 });
    let generationId = Number(pick(joined, 'generationId'));
    const identity = (): Said => ({ groupId, memberId, generationId });
    const sync = (label: string, assignments: readonly Said[] = []): Promise<Said> =>
      classic.ask(label, 'SyncGroup', { ...identity(), protocolType: 'consumer', protocolName: 'range', assignments });
    const assignment = Buffer.concat([
      Buffer.from([0, 1, 0, 0, 0, 1, 0, topic.name.length]),
      bytes(topic.name),
      Buffer.from([0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]),
    ]);
    await sync('assigns', [{ memberId, assignment }]);
    const one = new Member(talk, groupId, 'new', { subscribedTopicNames: [topic.name] });
    await one.join('joins the classic group');
    await describe(talk, 'both in one', groupId);
    await talk.ask('no classic group any more', 'DescribeGroups', { groups: [groupId] }, { version: 6 });
    await classic.ask('is to join again', 'Heartbeat', identity());
    const again = await classic.ask('joins with what it owns', 'JoinGroup', joining(memberId, [0, 1]), { version: 9 });
    generationId = Number(pick(again, 'generationId'));
    await sync('gets its part');
    await classic.ask('is to tell that it has revoked', 'Heartbeat', identity());
    const revoked = await classic.ask('joins with the rest', 'JoinGroup', joining(memberId, [0]), { version: 9 });
    generationId = Number(pick(revoked, 'generationId'));
    await sync('keeps the rest');
    await classic.ask('all is well', 'Heartbeat', identity());
    await one.beat('gets its part');
    await describe(talk, 'reconciled', groupId);
    await classic.ask('a wrong generation', 'Heartbeat', { ...identity(), generationId: 99 });
    await classic.ask('the other protocol', 'Heartbeat', { groupId, memberId: 'new', generationId: one.epoch });
    await classic.ask(
      'other protocols',
      'JoinGroup',
      { ...joining(''), protocols: [{ name: 'x', metadata: subscription(topic.name) }] },
      { version: 9 },
    );
    await classic.ask('another protocol name', 'SyncGroup', {
      ...identity(),
      protocolType: 'consumer',
      protocolName: 'x',
      assignments: [],
    });
    await one.leave('leaves');
    await talk.ask('a classic group again', 'DescribeGroups', { groups: [groupId] }, { version: 6 });
    await classic.ask('is to rebalance', 'Heartbeat', identity());
    await classic.ask('leaves', 'LeaveGroup', { groupId, members: [{ memberId }] });
    await describe(talk, 'not of this kind', groupId);
    await one.join('comes into the empty classic group');
    await describe(talk, 'of this kind again', groupId);
    await one.leave('leaves it');
    await classic.ask('comes into the empty consumer group', 'JoinGroup', joining(''), { version: 9 });
    await talk.ask('of the classic kind', 'DescribeGroups', { groups: [groupId] }, { version: 6 });
  }),
  conversation('ConsumerGroupDescribe', 'groups that are there and not', async (talk) => {
    const groupId = talk.name('group');
    const topic = await heardTopic(talk, groupId, 'topic', 1);
    const one = new Member(talk, groupId, 'one', {
      subscribedTopicNames: [topic.name],
      rackId: 'r1',
      serverAssignor: 'range',
    });
    await one.join('joins');
    await describe(talk, 'one and none', groupId, talk.name('none'), '');
    await talk.ask('with operations', 'ConsumerGroupDescribe', {
      groupIds: [groupId],
      includeAuthorizedOperations: true,
    });
    const listed = async (statesFilter: readonly string[], typesFilter: readonly string[]): Promise<void> => {
      const answer = await talk.quietly('ListGroups', { statesFilter, typesFilter }, { version: 5 });
      const groups = pick(answer, 'groups') as readonly { readonly groupId: string }[];
      const own = groups.filter((each) => each.groupId === groupId).map((each) => ({ ...each, groupId: '$' }));
      talk.note(`listed by ${String(statesFilter)} and ${String(typesFilter)}`, own);
    };
    await listed(['stable'], ['Consumer']);
    await listed([], ['classic']);
    await listed(['reconciling'], []);
    await listed([], []);
  }),
];
