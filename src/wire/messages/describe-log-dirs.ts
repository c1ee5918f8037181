/**
 * Shows the log directories of a broker and the replicas in them, with sizes.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, int64, message, string, type Infer } from '../schema.ts';

export const DescribeLogDirsRequest = message(
  'DescribeLogDirsRequest',
  { apiKey: 35, versions: [1, 5], flexibleSince: 2 },
  () => ({
    topics: array({
      topic: string(),
      partitions: array(int32()),
    }).nullable(),
  }),
);
export type DescribeLogDirsRequest = Infer<typeof DescribeLogDirsRequest>;

export const DescribeLogDirsResponse = message(
  'DescribeLogDirsResponse',
  { apiKey: 35, versions: [1, 5], flexibleSince: 2 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16().since(3).ignorable(),
    results: array({
      errorCode: int16(),
      logDir: string(),
      topics: array({
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          partitionSize: int64(),
          offsetLag: int64(),
          isFutureKey: bool(),
        }),
      }),
      totalBytes: int64().since(4).default(-1).ignorable(),
      usableBytes: int64().since(4).default(-1).ignorable(),
      isCordoned: bool().since(5).default(false).ignorable(),
    }),
  }),
);
export type DescribeLogDirsResponse = Infer<typeof DescribeLogDirsResponse>;
