/** Nothing here runs: the compiler is the test. */
import type {
  ApiVersionsResponse,
  ConsumerGroupHeartbeatResponse,
  ConsumerOffsetsRecord,
  DescribeTopicPartitionsRequest,
  FetchResponse,
  MetadataRecord,
  ProduceRequest,
} from './messages/index.ts';
import type * as messages from './messages/index.ts';
import type { Input } from './schema.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const yes = <_T extends true>(): void => {};

yes<
  Equal<
    ProduceRequest,
    {
      transactionalId: string | null;
      acks: number;
      timeoutMs: number;
      topicData: {
        name: string;
        topicId: string;
        partitionData: { index: number; records: Buffer | null }[];
      }[];
    }
  >
>();
yes<Equal<ApiVersionsResponse['apiKeys'][number], { apiKey: number; minVersion: number; maxVersion: number }>>();
type FetchedPartition = FetchResponse['responses'][number]['partitions'][number];
yes<Equal<FetchedPartition['abortedTransactions'], { producerId: number; firstOffset: number }[] | null>>();
yes<Equal<FetchedPartition['currentLeader'], { leaderId: number; leaderEpoch: number }>>();
yes<Equal<DescribeTopicPartitionsRequest['cursor'], { topicName: string; partitionIndex: number } | null>>();
yes<
  Equal<
    ConsumerGroupHeartbeatResponse['assignment'],
    { topicPartitions: { topicId: string; partitions: number[] }[] } | null
  >
>();

type ProduceResponseInput = Input<typeof messages.ProduceResponse>;

// What every version has must be said; what some version lacks, or what has a default, may be left out.
const ok: ProduceResponseInput = {
  responses: [{ name: 'orders', partitionResponses: [{ index: 0, errorCode: 0, baseOffset: 42 }] }],
};
// @ts-expect-error baseOffset exists in every version
const noOffset: ProduceResponseInput = { responses: [{ partitionResponses: [{ index: 0, errorCode: 0 }] }] };
const wrong: ProduceResponseInput = {
  // @ts-expect-error an offset is a number
  responses: [{ partitionResponses: [{ index: 0, errorCode: 0, baseOffset: '42' }] }],
};
// @ts-expect-error no such field
const typo: ProduceResponseInput = { responses: [], trottleTimeMs: 1 };
// @ts-expect-error the acks field cannot be null, transactionalId can
const nulls: Pick<ProduceRequest, 'acks' | 'transactionalId'> = { acks: null, transactionalId: null };
const decodedIsEncodable = (value: FetchResponse): Input<typeof messages.FetchResponse> => value;

// The records of a log are told apart by their type.
type CommitValue = NonNullable<Extract<ConsumerOffsetsRecord, { type: 'OffsetCommit' }>['value']>;
yes<
  Equal<keyof CommitValue, 'offset' | 'leaderEpoch' | 'metadata' | 'commitTimestamp' | 'expireTimestamp' | 'topicId'>
>();
const offsetOf = (record: ConsumerOffsetsRecord): number | undefined =>
  record.type === 'OffsetCommit' ? record.value?.offset : undefined;
const nameOf = (record: MetadataRecord): string | undefined =>
  record.type === 'TopicRecord' ? record.value.name : undefined;
void [ok, noOffset, wrong, typo, nulls, decodedIsEncodable, offsetOf, nameOf];
