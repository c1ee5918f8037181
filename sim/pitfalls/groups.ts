/** Groups. */
import assert from 'node:assert/strict';
import {
  DescribeGroupsRequest,
  DescribeGroupsResponse,
  HeartbeatRequest,
  HeartbeatResponse,
  SyncGroupRequest,
  SyncGroupResponse,
  type JoinGroupResponse,
} from '../../src/wire/messages/index.ts';
import { batch } from './batches.ts';
import { row, type Row } from './row.ts';
import { JoinGroup, like, timed, type Stage } from './stage.ts';

const SyncGroup = { request: SyncGroupRequest, response: SyncGroupResponse };
const Heartbeat = { request: HeartbeatRequest, response: HeartbeatResponse };
const DescribeGroups = { request: DescribeGroupsRequest, response: DescribeGroupsResponse };

/** The consumer protocol's subscription, version 0, to no topics. */
const subscription = Buffer.from('000000000000ffffffff', 'hex');
/** Told to the brokers that these are asked of. */
export const INITIAL_REBALANCE_DELAY_MS = 400;

interface Joining {
  readonly version?: number;
  readonly memberId?: string;
  readonly groupInstanceId?: string;
}

function join(stage: Stage, groupId: string, options: Joining = {}): Promise<JoinGroupResponse> {
  const { version = 9, memberId = '', ...instance } = options;
  return stage.ask(JoinGroup, version, {
    groupId,
    sessionTimeoutMs: 30_000,
    ...(version === 0 ? {} : { rebalanceTimeoutMs: 30_000 }),
    memberId,
    ...instance,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: subscription }],
  });
}

async function group(stage: Stage): Promise<string> {
  const groupId = stage.name('group');
  await stage.coordinated(groupId);
  return groupId;
}

export const groups: readonly Row[] = [
  row('C-39', 'from JoinGroup v4 on a member is given an id first, before it is let in at once', async (stage) => {
    const groupId = await group(stage);
    const given = await join(stage, groupId, { version: 4 });
    assert.equal(given.errorCode, 79);
    assert.notEqual(given.memberId, '');
    like(await join(stage, groupId, { version: 4, memberId: given.memberId }), {
      errorCode: 0,
      memberId: given.memberId,
    });
    for (const version of [0, 1, 3])
      like(await join(stage, await group(stage), { version }), { errorCode: 0, generationId: 1 });
  }),
  row('C-39', 'a member id that was never given is UNKNOWN_MEMBER_ID', async (stage) => {
    for (const version of [3, 5, 9]) {
      const groupId = await group(stage);
      like(await join(stage, groupId, { version, memberId: 'nobody' }), { errorCode: 25 });
    }
  }),
  row('C-40', 'only an empty group waits for group.initial.rebalance.delay.ms', async (stage) => {
    const groupId = await group(stage);
    let memberId = '';
    const firstMs = await timed(async () => void ({ memberId } = await join(stage, groupId, { version: 3 })));
    assert.ok(firstMs >= INITIAL_REBALANCE_DELAY_MS - 20, `the first waits: ${firstMs} ms`);
    const againMs = await timed(() => join(stage, groupId, { version: 3, memberId }));
    assert.ok(againMs < INITIAL_REBALANCE_DELAY_MS, `who is there already does not: ${againMs} ms`);
  }),
  row('C-41', 'who takes a static member’s place gets another id, and the one before is fenced', async (stage) => {
    const groupId = await group(stage);
    const instance = { groupInstanceId: 'one' };
    const first = await join(stage, groupId, instance);
    const { generationId } = first;
    like(
      await stage.ask(SyncGroup, 5, {
        groupId,
        generationId,
        memberId: first.memberId,
        ...instance,
        protocolType: 'consumer',
        protocolName: 'range',
        assignments: [{ memberId: first.memberId, assignment: Buffer.from('all') }],
      }),
      { errorCode: 0 },
    );
    const second = await join(stage, groupId, instance);
    like(second, { errorCode: 0, generationId });
    assert.notEqual(second.memberId, first.memberId);
    const beat = async (memberId: string): Promise<number> =>
      (await stage.ask(Heartbeat, 4, { groupId, generationId, memberId, ...instance })).errorCode;
    assert.deepEqual([await beat(first.memberId), await beat(second.memberId)], [82, 0]);
    const { groups: described } = await stage.ask(DescribeGroups, 6, {
      groups: [groupId],
      includeAuthorizedOperations: false,
    });
    assert.equal(described[0]?.groupState, 'Stable');
  }),
  row('C-43', 'a coordinator that is not ready says so with codes that clients try again for', async (stage) => {
    for (const code of await stage.coordinated(stage.name('group'))) assert.ok([14, 15, 16].includes(code), `${code}`);
    const topic = await stage.topic();
    await stage.append(topic, batch(['a']));
    assert.equal((await stage.fetch(topic, 0)).errorCode, 0);
    assert.equal((await stage.fetch({ name: stage.name('none'), topicId: '' }, 0)).errorCode, 3);
  }),
];
