/**
 * DeleteTopics v1-6: deletes topics by name, from v6 on also by id (KIP-516). They are gone when this answers.
 *
 * v5 has error messages. Up to v5 the names stand in a list of their own.
 */
import { ZERO_UUID } from '../../base/index.ts';
import type { ClusterMetadata } from '../../metadata/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { DeleteTopicsRequest, DeleteTopicsResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

const FIRST_BY_ID = 6;

export function deleteTopics({ cluster }: { readonly cluster: ClusterMetadata }): Route {
  return route(
    api(DeleteTopicsRequest, DeleteTopicsResponse),
    { authorize: { operation: 'Delete', resource: 'Topic' } },
    ({ topics, topicNames, timeoutMs }, { version }) => {
      const wanted = version >= FIRST_BY_ID ? topics : topicNames.map((name) => ({ name, topicId: ZERO_UUID }));
      // What names no topic is told so, whatever the time.
      if (timeoutMs <= 0 && wanted.some(({ name, topicId }) => (name === null) !== (topicId === ZERO_UUID))) {
        return {
          responses: wanted.map(({ name, topicId }) => ({ name, topicId, errorCode: ErrorCode.REQUEST_TIMED_OUT })),
        };
      }
      return cluster.request('deleteTopics', { topics: wanted, topicNames: [], timeoutMs });
    },
  );
}
