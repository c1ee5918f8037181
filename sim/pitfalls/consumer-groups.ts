/** Groups of KIP-848. */
import assert from 'node:assert/strict';
import type { Input } from '../../src/wire/index.ts';
import {
  ConsumerGroupDescribeRequest,
  ConsumerGroupDescribeResponse,
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '../../src/wire/messages/index.ts';
import { row, type Row } from './row.ts';
import { JoinGroup, like, type Stage } from './stage.ts';

const Heartbeat = { request: ConsumerGroupHeartbeatRequest, response: ConsumerGroupHeartbeatResponse };
const Describe = { request: ConsumerGroupDescribeRequest, response: ConsumerGroupDescribeResponse };

type Request = Input<typeof ConsumerGroupHeartbeatRequest>;

async function group(stage: Stage): Promise<string> {
  const groupId = stage.name('group');
  await stage.coordinated(groupId);
  return groupId;
}

const beat = (stage: Stage, groupId: string, more: Omit<Request, 'groupId'>) =>
  stage.ask(Heartbeat, 1, { groupId, ...more });

const join = (stage: Stage, groupId: string, memberId: string, more: Partial<Request>) =>
  beat(stage, groupId, { memberId, memberEpoch: 0, rebalanceTimeoutMs: 30_000, topicPartitions: [], ...more });

export const consumerGroups: readonly Row[] = [
  row('C-42', 'a partition is revoked by one member before another gets it, and is told by topic id', async (stage) => {
    const topic = await stage.topic({}, 2);
    const groupId = await group(stage);
    const subscribed = { subscribedTopicNames: [topic.name] };
    const first = await join(stage, groupId, 'a', subscribed);
    assert.deepEqual(first.assignment?.topicPartitions, [{ topicId: topic.topicId, partitions: [0, 1] }]);
    const second = await join(stage, groupId, 'b', subscribed);
    assert.deepEqual(second.assignment?.topicPartitions, []);
    const told = await beat(stage, groupId, { memberId: 'a', memberEpoch: first.memberEpoch });
    like(told, { errorCode: 0, memberEpoch: first.memberEpoch });
    const kept = told.assignment?.topicPartitions ?? [];
    assert.equal(kept[0]?.partitions.length, 1);
    const early = await beat(stage, groupId, { memberId: 'b', memberEpoch: second.memberEpoch });
    assert.equal(early.assignment, null);
    await beat(stage, groupId, { memberId: 'a', memberEpoch: first.memberEpoch, topicPartitions: kept });
    const given = await beat(stage, groupId, { memberId: 'b', memberEpoch: second.memberEpoch });
    const all = [...kept, ...(given.assignment?.topicPartitions ?? [])].flatMap(({ partitions }) => partitions);
    assert.deepEqual(all.sort(), [0, 1]);
    const { groups } = await stage.ask(Describe, 1, { groupIds: [groupId], includeAuthorizedOperations: false });
    like(groups[0] ?? {}, { groupState: 'Stable', groupEpoch: 3, assignmentEpoch: 3 });
  }),
  row('C-42', 'expressions are RE2’s, and one that is none is refused with 128', async (stage) => {
    const groupId = await group(stage);
    for (const subscribedTopicRegex of ['(', '(?<=a)b'])
      like(await join(stage, groupId, 'a', { subscribedTopicRegex }), { errorCode: 128 });
    like(await join(stage, groupId, 'a', { subscribedTopicRegex: '(a*)*b' }), { errorCode: 0 });
  }),
  row('C-42', 'a member of the classic protocol is let into a consumer group', async (stage) => {
    const topic = await stage.topic();
    const groupId = await group(stage);
    await join(stage, groupId, 'a', { subscribedTopicNames: [topic.name] });
    const classic = await stage.ask(JoinGroup, 3, {
      groupId,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      memberId: '',
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.from('000000000000ffffffff', 'hex') }],
    });
    like(classic, { errorCode: 0, protocolName: 'range', members: [] });
  }),
];
