import { Histogram } from '../base/index.ts';

/** What came into a topic and what was read from it (Kafka's BrokerTopicMetrics): plain numbers, for whoever looks at them. */
export class TopicTraffic {
  /** Batches as they came, compressed or not. */
  bytesIn = 0;
  recordsIn = 0;
  bytesOut = 0;
  /** Offsets that were read: of a log with gaps, more than records. */
  recordsOut = 0;
  /** Batches that were refused. */
  refused = 0;
}

/** The same of all topics since the start, those included that are gone. */
export class BrokerTraffic extends TopicTraffic {
  /** Bytes of batches as they came. */
  readonly batchBytes = new Histogram([256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216]);
}
