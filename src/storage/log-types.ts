import type { HeadroomSizes } from './headroom.ts';
import type { Clock, FileSystem, Logger, Random } from '../base/index.ts';
import type { LogConfig } from './log-config.ts';
import type { OpenSegments } from './open-segments.ts';
import type { PageCache } from './page-cache.ts';
import type { ParentFolder } from './parent-folder.ts';
import type { WritePace } from './write-pace.ts';

/** What a log needs to be opened. Offsets default to what the files say. */
export interface PartitionLogOptions {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The partition's own folder (`<log dir>/<topic>-<partition>`). */
  readonly directory: string;
  readonly topic: string;
  readonly partition: number;
  /** 22 characters; written to `partition.metadata`. Undefined: whatever that file says. */
  readonly topicId?: string | undefined;
  readonly config: LogConfig;
  /** The folder of a new log is made at once, and not with its first record. */
  readonly makeFolder?: boolean | undefined;
  readonly producerIdExpirationMs: number;
  /** The broker stopped cleanly: what the files say is believed, and only the active segment is read. */
  readonly cleanShutdown: boolean;
  /** Everything below was synced; recovery starts here. */
  readonly recoveryPoint?: number | undefined;
  readonly logStartOffset?: number | undefined;
  /** The offset was written down, and the file is damaged: the first leader epoch begins there at the latest flush. */
  readonly isLogStartLost?: boolean;
  readonly highWatermark?: number | undefined;
  /** Below it the log was compacted. */
  readonly firstDirtyOffset?: number | undefined;
  /** Shared by the logs of a directory. */
  readonly openSegments?: OpenSegments | undefined;
  readonly pageCache?: PageCache | undefined;
  readonly writePace?: WritePace | undefined;
  readonly headroom?: HeadroomSizes | undefined;
  readonly parent?: ParentFolder | undefined;
}

/** Who appends. Clients are validated; coordinators of this broker may write control batches; replicas copy a leader. */
export type AppendOrigin = 'client' | 'coordinator' | 'replication';

export interface AppendOptions {
  readonly leaderEpoch: number;
  readonly origin: AppendOrigin;
  /** Of a marker: what the transaction's client speaks. From 2 on the marker's epoch is above that of the records. */
  readonly transactionVersion?: number | undefined;
  /** Where given, a transaction may begin here only when its coordinator was asked under this guard. */
  readonly verification?: { readonly guard: VerificationGuard | undefined } | undefined;
}

/** The batch about which a transaction coordinator is to be asked. */
export interface VerificationQuestion {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  /** The client's epoch rises with every transaction (transactions v2). */
  readonly raisesEpochs: boolean;
}

/** Stands for one question to a transaction coordinator: void as soon as the transaction has begun here, or ended. */
export interface VerificationGuard {
  readonly producerId: number;
  producerEpoch: number;
  lowestSequence: number;
  readonly raisesEpochs: boolean;
  /** It was there when silent producers were last looked for. */
  isOld: boolean;
}

/** A marker to come, as far as it can be refused. */
export interface MarkerClaim {
  readonly coordinatorEpoch: number;
  readonly transactionVersion: number;
}

/** What became of an accepted append; a duplicate's offsets are those of the original. */
export interface Appended {
  readonly kind: 'appended';
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** -1 unless the topic says LogAppendTime; of a duplicate, the greatest timestamp of the original. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
  readonly isDuplicate: boolean;
}

/** A record at fault within a refused batch (KIP-467). */
export interface RecordError {
  readonly batchIndex: number;
  readonly message: string;
}

/** Nothing of the append was taken. `errorCode` is Kafka's. */
export interface AppendRefused {
  readonly kind: 'refused';
  readonly errorCode: number;
  readonly errorMessage: string;
  readonly recordErrors: readonly RecordError[];
  readonly logStartOffset: number;
}

export interface ReadRequest {
  /** Offsets within a batch are served with the whole batch. */
  readonly from: number;
  /** Behind whole batches filled up with the beginning of the next, which readers throw away: so Apache Kafka answers them. */
  readonly maxBytes: number;
  /** Exclusive: no batch that reaches this offset is read. What is not written yet is never read either. */
  readonly upTo: number;
  /** Plan the first batch even if it alone is larger than `maxBytes`. */
  readonly minOneBatch: boolean;
}

/** OFFSET_OUT_OF_RANGE or KAFKA_STORAGE_ERROR. */
export interface ReadRefused {
  readonly kind: 'refused';
  readonly errorCode: number;
}

export interface TimestampOffset {
  readonly offset: number;
  readonly timestampMs: number;
  /** -1 when not known. */
  readonly leaderEpoch: number;
}

/** The end of a leader epoch as OffsetForLeaderEpoch answers it; both -1 when the epoch is not known here. */
export interface EpochEnd {
  readonly leaderEpoch: number;
  readonly endOffset: number;
}

/** A transaction that ended in abort: readers at read committed skip its records. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}
