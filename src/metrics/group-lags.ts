import type { Clock } from '../base/index.ts';
import type { ShardSet } from '../coordinator/index.ts';
import type { GroupApi, GroupApis, GroupReply, GroupRequest, RequestContext } from '../groups/index.ts';
import type { PartitionLeader } from '../replication/index.ts';
import { ErrorCode } from '../wire/index.ts';

/** What a group coordinator keeps its groups in. */
export type GroupShards = Pick<ShardSet<unknown, unknown, GroupRequest, GroupReply, unknown>, 'request' | 'partitions'>;

export interface GroupFigures {
  readonly groupId: string;
  readonly state: string;
  readonly type: string;
  readonly offsets: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly committed: number;
    /** From the committed offset to the high watermark. Undefined when the partition is not led here. */
    readonly lag: number | undefined;
  }[];
}

/** How many groups are looked at in one turn of the event loop. */
const GROUPS_A_TURN = 20;

const OF_THE_BROKER: RequestContext = { version: 5, clientId: '', clientHost: '' };

/** Asks the coordinator as a client would, in slices. A shard that is loading or gone is left out. `maxOffsets` bounds the work. */
export async function groupLags(
  shards: GroupShards,
  leader: (topic: string, partition: number) => PartitionLeader | number,
  { clock, maxOffsets }: { readonly clock: Clock; readonly maxOffsets: number },
): Promise<GroupFigures[]> {
  const figures: GroupFigures[] = [];
  let offsets = 0;
  for (const shard of shards.partitions) {
    const listed = await ask(shards, shard, 'listGroups', { statesFilter: [], typesFilter: [] });
    for (const { groupId, groupState, groupType } of listed?.groups ?? []) {
      const group = { groupId, state: groupState ?? '', type: groupType ?? '' };
      const request = { groupId, memberId: null, memberEpoch: -1, topics: null, requireStable: false };
      const committed = offsets < maxOffsets ? await ask(shards, shard, 'offsetFetch', request) : undefined;
      const lags = (committed?.topics ?? []).flatMap(({ name = '', partitions }) =>
        partitions.map(({ partitionIndex, committedOffset }) => {
          const led = leader(name, partitionIndex);
          const lag = typeof led === 'number' ? undefined : Math.max(0, led.highWatermark - committedOffset);
          return { topic: name, partition: partitionIndex, committed: committedOffset, lag };
        }),
      );
      offsets += lags.length;
      figures.push({ ...group, offsets: lags });
      if (figures.length % GROUPS_A_TURN === 0) await new Promise<void>((done) => clock.endOfTurn(done));
    }
  }
  return figures;
}

/** Undefined when the shard does not serve. */
async function ask<A extends GroupApi>(
  shards: GroupShards,
  shard: number,
  api: A,
  request: GroupApis[A]['request'],
): Promise<GroupApis[A]['response'] | undefined> {
  try {
    const asked = { api, request, context: OF_THE_BROKER } as GroupRequest;
    const reply = (await shards.request(shard, asked)).response as GroupApis[A]['response'];
    return 'errorCode' in reply && reply.errorCode !== ErrorCode.NONE ? undefined : reply;
  } catch {
    return undefined;
  }
}
