import { systemRandom } from '../../src/base/index.ts';
import { ErrorCode, errorName } from '../../src/wire/index.ts';
import { ProduceRequest, ProduceResponse } from '../../src/wire/messages/index.ts';
import { buildBatch } from '../../src/wire/records/index.ts';
import { Link, prepare, type Target } from '../load/link.ts';
import { decode } from '../load/topic.ts';

const VERSION = 11;

/** Batches one at a time on a connection of its own, in no hurry. */
export class Trickle {
  readonly #link: Link;
  readonly #topic: string;
  readonly #batch: Buffer;
  readonly #prepared = new Map<number, Buffer>();

  private constructor(link: Link, topic: string, batch: Buffer) {
    this.#link = link;
    this.#topic = topic;
    this.#batch = batch;
  }

  static async open(target: Target, topic: string, records: number, recordBytes: number): Promise<Trickle> {
    return new Trickle(await Link.open(target), topic, batchOf(records, recordBytes));
  }

  /** Sends the batch to a partition; `onAnswer` hears of it when it was taken. */
  send(partition: number, onAnswer: () => void = () => undefined): void {
    const known = this.#prepared.get(partition);
    const frame = known ?? this.#prepare(partition);
    this.#link.send(frame, (reply) => {
      const errorCode = decode(ProduceResponse, VERSION, reply).responses[0]?.partitionResponses[0]?.errorCode ?? -1;
      if (errorCode !== ErrorCode.NONE) throw new Error(`partition ${partition} answered ${errorName(errorCode)}`);
      onAnswer();
    });
  }

  close(): void {
    this.#link.close();
  }

  #prepare(index: number): Buffer {
    const topicData = [{ name: this.#topic, partitionData: [{ index, records: this.#batch }] }];
    const frame = prepare(ProduceRequest, VERSION, { acks: 1, timeoutMs: 30_000, topicData });
    this.#prepared.set(index, frame);
    return frame;
  }
}

export function batchOf(count: number, recordBytes: number): Buffer {
  const timestampMs = Date.now();
  const value = systemRandom.bytes(recordBytes);
  return buildBatch({
    baseOffset: 0,
    records: Array.from({ length: count }, () => ({ timestampMs, key: null, value })),
  });
}

/** Calls `act` so many times a second, evenly, for a while; what was missed is made up for. */
export function pace(perSecond: number, seconds: number, act: (turn: number) => void): Promise<void> {
  const begunMs = performance.now();
  let turn = 0;
  return new Promise((done) => {
    const timer = setInterval(() => {
      const elapsed = Math.min((performance.now() - begunMs) / 1000, seconds);
      for (const due = Math.floor(elapsed * perSecond); turn < due; turn++) act(turn);
      if (elapsed < seconds) return;
      clearInterval(timer);
      done();
    }, 1);
  });
}
