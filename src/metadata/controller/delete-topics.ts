import { ZERO_UUID } from '../../base/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import type { DeleteTopicsRequest } from '../../wire/messages/index.ts';
import type { MetadataRecord } from '../record.ts';
import type { Topic } from '../topics.ts';
import type { Answer } from './apis.ts';
import type { ControllerContext, Decision } from './context.ts';

type Response = Answer<'deleteTopics'>;
type Result = Response['responses'][number];

interface Wanted {
  readonly name: string | null;
  readonly topicId: string;
}

/** DeleteTopics, by name or by id. A topic's configs go with it. */
export function deleteTopics(context: ControllerContext, request: DeleteTopicsRequest): Decision<Response> {
  const { topics } = context.image;
  const byName = request.topicNames.map((name): Wanted => ({ name, topicId: ZERO_UUID }));
  const wanted: readonly Wanted[] = [...request.topics, ...byName];
  if (!context.config.get('delete.topic.enable')) {
    const message = 'delete.topic.enable is false here';
    const responses = wanted.map((one) => failure(one, ErrorCode.TOPIC_DELETION_DISABLED, message));
    return { records: [], response: { responses } };
  }

  const times = new Map<string, number>();
  for (const one of wanted) times.set(keyOf(one), (times.get(keyOf(one)) ?? 0) + 1);
  const records: MetadataRecord[] = [];
  const deleted: Result[] = [];
  const failed: Result[] = [];
  const reported = new Set<string>();
  const remove = ({ id, name }: Topic): void => {
    records.push({ type: 'RemoveTopicRecord', value: { topicId: id } });
    deleted.push({ name, topicId: id, errorCode: ErrorCode.NONE });
  };
  for (const one of wanted) {
    const { name, topicId } = one;
    const hasId = topicId !== ZERO_UUID;
    if (name === null && !hasId) {
      failed.push(failure(one, ErrorCode.INVALID_REQUEST, 'neither a name nor an id was given'));
    } else if (name !== null && hasId) {
      failed.push(failure(one, ErrorCode.INVALID_REQUEST, 'either a name or an id is given, not both'));
    } else if ((times.get(keyOf(one)) ?? 0) > 1) {
      if (!reported.has(keyOf(one)))
        failed.push(failure(one, ErrorCode.INVALID_REQUEST, 'a topic may be named only once'));
      reported.add(keyOf(one));
    } else if (name !== null) {
      const topic = topics.byName(name);
      if (topic === undefined) {
        failed.push(failure(one, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `there is no topic ${name}`));
      } else if (times.has(topic.id)) {
        failed.push(
          failure({ name, topicId: topic.id }, ErrorCode.INVALID_REQUEST, 'a topic was given by name and by id'),
        );
      } else {
        remove(topic);
      }
    } else {
      const topic = topics.byId(topicId);
      if (topic === undefined)
        failed.push(failure(one, ErrorCode.UNKNOWN_TOPIC_ID, `there is no topic with id ${topicId}`));
      else if (!times.has(keyOf({ name: topic.name, topicId: ZERO_UUID }))) remove(topic);
    }
  }
  return { records, response: { responses: [...deleted, ...failed] } };
}

/** Names and ids never look alike: an id is 22 characters, and a name is told by its prefix. */
function keyOf({ name, topicId }: Wanted): string {
  return name === null ? topicId : `name ${name}`;
}

function failure({ name, topicId }: Wanted, errorCode: number, errorMessage: string): Result {
  return { name, topicId, errorCode, errorMessage };
}
