import { setTimeout as sleep } from 'node:timers/promises';
import { conversation, type Conversation } from '../conversation.ts';
import { pick, type Said } from '../fit.ts';
import type { Talk } from '../talk.ts';
import { timed } from '../timed.ts';

const protocols = [{ name: 'range', metadata: Buffer.from('a subscription') }];

/** A member as one client plays it, on a connection of its own. Apache Kafka reads no subscription of this protocol type. */
class Member {
  readonly talk: Talk;
  readonly name: string;
  readonly groupId: string;
  readonly joining: Said;
  memberId = '';
  generationId = -1;

  constructor(talk: Talk, name: string, groupId: string, joining: Said = {}) {
    this.talk = talk.another();
    this.name = name;
    this.groupId = groupId;
    this.joining = joining;
  }

  get identity(): Said {
    const { groupInstanceId = null } = this.joining;
    return { groupId: this.groupId, memberId: this.memberId, generationId: this.generationId, groupInstanceId };
  }

  /** Joins until it is answered for good: versions that want an id first give it. */
  async join(label: string, more: Said = {}): Promise<Said> {
    let answer: Said = {};
    for (let tries = 0; tries < 2; tries++) {
      answer = await this.talk.ask(`${this.name} ${label}`, 'JoinGroup', {
        groupId: this.groupId,
        sessionTimeoutMs: 30_000,
        rebalanceTimeoutMs: 30_000,
        memberId: this.memberId,
        protocolType: 'made',
        protocols,
        ...this.joining,
        ...more,
      });
      const memberId = pick(answer, 'memberId');
      this.memberId = typeof memberId === 'string' ? memberId : '';
      if (pick(answer, 'errorCode') !== 79) break;
    }
    this.generationId = Number(pick(answer, 'generationId') ?? -1);
    return answer;
  }

  sync(label: string, assigned: readonly Member[] = []): Promise<Said> {
    return this.talk.ask(`${this.name} ${label}`, 'SyncGroup', {
      ...this.identity,
      protocolType: 'made',
      protocolName: 'range',
      assignments: assigned.map(({ memberId, name }) => ({ memberId, assignment: Buffer.from(`to ${name}`) })),
    });
  }

  beat(label: string): Promise<Said> {
    return this.talk.ask(`${this.name} ${label}`, 'Heartbeat', this.identity);
  }

  leave(label: string): Promise<Said> {
    const { groupInstanceId = null } = this.joining;
    const { groupId, memberId } = this;
    return this.talk.ask(`${this.name} ${label}`, 'LeaveGroup', {
      groupId,
      memberId,
      members: [{ memberId, groupInstanceId }],
    });
  }

  commit(label: string, topic: Said): Promise<Said> {
    const { generationId, ...identity } = this.identity;
    return this.talk.ask(
      `${this.name} ${label}`,
      'OffsetCommit',
      {
        ...identity,
        generationIdOrMemberEpoch: generationId,
        topics: [{ ...topic, partitions: [{ committedOffset: 5, committedMetadata: '' }] }],
      },
      { version: 9 },
    );
  }
}

const state = (talk: Talk, label: string, groupId: string): Promise<Said> =>
  talk.ask(label, 'DescribeGroups', { groups: [groupId] }, { version: 6 });

/** Until the broker has a join that it does not answer yet: so many members wait for the rest. */
const waiting = (talk: Talk, groupId: string, members: number): Promise<void> =>
  talk.until(`${members} members to wait`, async () => {
    const answer = await talk.quietly('DescribeGroups', { groups: [groupId] }, { version: 6 });
    const group = pick(answer, 'groups', 0);
    return (
      pick(group, 'groupState') === 'PreparingRebalance' && (pick(group, 'members') as unknown[]).length === members
    );
  });

/** Until a request has come in that shows nowhere. */
const arrived = (): Promise<void> => sleep(150);

export const rebalanceConversations: readonly Conversation[] = [
  conversation('JoinGroup', 'three members come and go', async (talk) => {
    const groupId = talk.name('group');
    const topic = await talk.topic('topic');
    const member = (name: string): Member => new Member(talk, name, groupId);
    const [one, two, three] = [member('one'), member('two'), member('three')];
    await one.join('joins');
    await one.sync('gives the parts', [one]);
    const joining = two.join('joins');
    await waiting(talk, groupId, 2);
    const alsoJoining = three.join('joins');
    await waiting(talk, groupId, 3);
    await state(talk, 'two wait for the first', groupId);
    await one.beat('is told to join again');
    await one.sync('cannot sync now');
    await one.commit('may still commit', topic);
    await one.join('joins again');
    await Promise.all([joining, alsoJoining]);
    await two.commit('cannot commit before the parts are given', topic);
    await state(talk, 'all have joined', groupId);
    const syncing = [two.sync('waits for its part'), three.sync('waits for its part')];
    await arrived();
    await two.talk.another().ask('a beat while the part is waited for', 'Heartbeat', two.identity);
    await one.sync('gives the parts', [one, two, three]);
    await Promise.all(syncing);
    await state(talk, 'stable', groupId);
    for (const each of [one, two, three]) await each.beat('beats');
    await two.commit('commits', topic);
    await two.sync('asks for its part once more');
    await two.join('joins with nothing new');
    await three.leave('leaves');
    await one.beat('is told');
    const back = two.join('joins again');
    await waiting(talk, groupId, 2);
    await one.join('joins again');
    await back;
    await three.beat('is nobody now');
    await one.sync('gives a part to itself alone', [one]);
    await two.sync('has no part');
    const again = one.join('the leader joins with nothing new');
    await waiting(talk, groupId, 2);
    await two.join('joins again');
    await again;
    await one.leave('leaves before giving the parts');
    await two.sync('the leader is gone');
    await two.join('joins alone');
    await two.sync('gives itself a part', [two]);
    await state(talk, 'one is left', groupId);
  }),
  conversation(
    'JoinGroup',
    'members that do not come back in time',
    async (talk) => {
      const short = { rebalanceTimeoutMs: 700 };
      const member = (name: string, groupId: string, more: Said = {}): Member =>
        new Member(talk, name, groupId, { ...short, ...more });

      const groupId = talk.name('joining');
      const [one, two] = [member('one', groupId), member('two', groupId)];
      await one.join('joins');
      await one.sync('gives the parts', [one]);
      await timed(talk, 'the first does not join again', 600, 5000, () => two.join('joins'));
      await one.beat('is out');
      await one.join('joins with the id it had');
      await state(talk, 'one of them is left', groupId);

      const silent = talk.name('syncing');
      const [leader, follower] = [member('leader', silent), member('follower', silent)];
      await leader.join('joins');
      await leader.sync('gives the parts', [leader]);
      const joining = follower.join('joins');
      await waiting(talk, silent, 2);
      await leader.join('joins again');
      await joining;
      await timed(talk, 'the leader gives no parts', 500, 5000, () => follower.sync('waits for its part'));
      await leader.beat('is out');
      await state(talk, 'the leader is out', silent);
    },
    { versions: [1, 3, 4, 5, 7, 9] },
  ),
  conversation(
    'JoinGroup',
    'members that are not heard of any more',
    async (talk) => {
      const short = { sessionTimeoutMs: 6000 };
      const stable = new Member(talk, 'one', talk.name('stable'), short);
      await stable.join('joins');
      await stable.sync('gives the parts', [stable]);
      const pending = talk.name('pending');
      await talk.ask('an id is given', 'JoinGroup', {
        groupId: pending,
        ...short,
        rebalanceTimeoutMs: 6000,
        protocolType: 'made',
        protocols,
      });
      const kept = new Member(talk, 'static', talk.name('static'), { ...short, groupInstanceId: 'one' });
      await kept.join('joins');
      await kept.sync('gives the parts', [kept]);
      await sleep(4500);
      await state(talk, 'still there', stable.groupId);
      await kept.beat('is heard of');
      await sleep(3000);
      await state(talk, 'gone', stable.groupId);
      await state(talk, 'the id has lapsed', pending);
      await stable.beat('comes too late');
      await state(talk, 'the one that was heard of', kept.groupId);
      await kept.beat('still beats');
    },
    { versions: [9] },
  ),
  conversation(
    'JoinGroup',
    'static members that restart',
    async (talk) => {
      const groupId = talk.name('group');
      const topic = await talk.topic('topic');
      const member = (name: string, groupInstanceId: string): Member =>
        new Member(talk, name, groupId, { groupInstanceId });
      const [one, two] = [member('one', 'i1'), member('two', 'i2')];
      await one.join('joins');
      await one.sync('gives the parts', [one]);
      const joining = two.join('joins');
      await waiting(talk, groupId, 2);
      await one.join('joins again');
      await joining;
      const syncing = two.sync('waits for its part');
      await arrived();
      await one.sync('gives the parts', [one, two]);
      await syncing;

      const twoAgain = member('two, restarted', 'i2');
      await timed(talk, 'the follower restarts', 0, 2000, () => twoAgain.join('joins'));
      await twoAgain.sync('has the part it had');
      await two.beat('is fenced');
      await two.commit('is fenced', topic);
      await two.sync('is fenced');
      await two.join('is fenced');
      await two.leave('is fenced');
      await twoAgain.commit('commits', topic);
      await one.beat('heard nothing of it');
      await state(talk, 'after the follower restarted', groupId);

      const oneAgain = member('one, restarted', 'i1');
      await timed(talk, 'the leader restarts', 0, 2000, () => oneAgain.join('joins'));
      await oneAgain.sync('gives other parts', [twoAgain]);
      await twoAgain.beat('heard nothing of it');
      await one.beat('is fenced');
      await state(talk, 'after the leader restarted', groupId);

      const three = member('three', 'i3');
      const threeJoins = three.join('joins');
      await waiting(talk, groupId, 3);
      await oneAgain.beat('is told to join again');
      const between = member('two, in the midst of it', 'i2');
      const twoJoins = between.join('joins');
      await arrived();
      const third = member('two, for the third time', 'i2');
      const thirdJoins = third.join('joins');
      await twoJoins;
      await oneAgain.join('joins again');
      await Promise.all([threeJoins, thirdJoins]);
      await state(talk, 'all have joined', groupId);
      await three.leave('leaves');
      await talk.ask('left by an operator', 'LeaveGroup', {
        groupId,
        members: [{ memberId: '', groupInstanceId: 'i2' }],
      });
      await third.beat('was made to leave');
      await oneAgain.leave('leaves');
      await state(talk, 'empty', groupId);
    },
    { versions: [5, 6, 7, 8, 9] },
  ),
];
