/**
 * ConsumerGroupHeartbeat v0-1: joins, leaves, reports what is owned and is told what to own (KIP-848).
 *
 * v0 has the broker make member ids; v1 takes those of the client, and subscriptions by regular expression.
 */
import { ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse } from '../../wire/messages/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import type { GroupCoordinator } from '../group-coordinator.ts';
import { api, route, type Route } from '../route.ts';

interface Rooms {
  readonly groups: GroupCoordinator;
  /** Whether this broker speaks the consumer protocol now. */
  readonly isEnabled: () => boolean;
}

export function consumerGroupHeartbeat({ groups, isEnabled }: Rooms): Route {
  const refused = (errorCode: number) => ({ errorCode, memberEpoch: 0, heartbeatIntervalMs: 0 });
  return route(
    api(ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse),
    { authorize: { operation: 'Read', resource: 'Group' } },
    async (request, context) => {
      if (!isEnabled()) return refused(ErrorCode.UNSUPPORTED_VERSION);
      const answer = await groups.ask('consumerGroupHeartbeat', request.groupId, request, context);
      return typeof answer === 'number' ? refused(answer) : answer;
    },
  );
}
