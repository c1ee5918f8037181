import { ErrorCode, errorName } from '../../src/wire/index.ts';
import { FetchRequest, FetchResponse } from '../../src/wire/messages/index.ts';
import { endOf } from './consume.ts';
import { Link, prepare, type Target } from './link.ts';
import { decode } from './topic.ts';

const VERSION = 17;
const PARTITION_MAX_BYTES = 1024 * 1024;
const MAX_BYTES = 50 * 1024 * 1024;
const MIN_BYTES = 1;

export interface SessionOptions extends Target {
  readonly topicId: string;
  readonly partitions: readonly number[];
  readonly maxWaitMs: number;
  /** Each partition that gave something: the offset after it, and its bytes. */
  readonly onRecords: (partition: number, endOffset: number, bytes: number) => void;
}

/**
 * A consumer at work as stock ones are: one fetch session over all its partitions from their starts, in each request only those
 * whose offset has moved.
 */
export class Session {
  readonly #link: Link;
  readonly #options: SessionOptions;
  readonly #offsets: Map<number, number>;
  #moved: Set<number>;
  #id = 0;
  #epoch = 0;
  #isOver = false;
  answers = 0;
  /** Resolves when the session has been ended. */
  readonly ended: Promise<void>;

  private constructor(link: Link, options: SessionOptions) {
    this.#link = link;
    this.#options = options;
    this.#offsets = new Map(options.partitions.map((partition) => [partition, 0]));
    this.#moved = new Set(options.partitions);
    this.ended = new Promise((done, failed) => this.#ask(done, failed));
  }

  static async open(options: SessionOptions): Promise<Session> {
    return new Session(await Link.open(options), options);
  }

  /** Ends it after the answer that is under way. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.ended;
    this.#link.close();
  }

  #ask(done: () => void, failed: (error: Error) => void): void {
    this.#link.send(this.#request(), (reply) => {
      const { errorCode, sessionId, responses } = decode(FetchResponse, VERSION, reply);
      if (errorCode !== ErrorCode.NONE) return failed(new Error(errorName(errorCode)));
      this.answers++;
      this.#id = sessionId;
      this.#epoch++;
      for (const { partitions } of responses) {
        for (const { partitionIndex, errorCode: code, records } of partitions) {
          if (code !== ErrorCode.NONE) return failed(new Error(`partition ${partitionIndex}: ${errorName(code)}`));
          const end = records === null ? undefined : endOf(records);
          if (end === undefined) continue;
          this.#offsets.set(partitionIndex, end);
          this.#moved.add(partitionIndex);
          this.#options.onRecords(partitionIndex, end, records?.length ?? 0);
        }
      }
      if (this.#isOver) done();
      else this.#ask(done, failed);
    });
  }

  #request(): Buffer {
    const { topicId, maxWaitMs } = this.#options;
    const partitions = [...this.#moved].map((partition) => ({
      partition,
      fetchOffset: this.#offsets.get(partition) as number,
      partitionMaxBytes: PARTITION_MAX_BYTES,
    }));
    this.#moved = new Set();
    return prepare(FetchRequest, VERSION, {
      maxWaitMs,
      minBytes: MIN_BYTES,
      maxBytes: MAX_BYTES,
      sessionId: this.#id,
      sessionEpoch: this.#epoch,
      topics: partitions.length === 0 ? [] : [{ topicId, partitions }],
      forgottenTopicsData: [],
    });
  }
}
