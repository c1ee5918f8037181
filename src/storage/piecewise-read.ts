import type { LaterBytes } from '../wire/index.ts';
import type { ReadPlan } from './read-plan.ts';

/** A plan that is read while it is sent. */
export class PiecewiseRead implements LaterBytes {
  readonly length: number;
  readonly #plan: ReadPlan;
  /** Whether the plan still says what lies where. */
  readonly #holds: () => boolean;
  #part = 0;
  /** How much of the part was read. */
  #done = 0;

  constructor(plan: ReadPlan, holds: () => boolean) {
    this.length = plan.sizeInBytes;
    this.#plan = plan;
    this.#holds = holds;
  }

  /** @throws FileError */
  read(target: Buffer): number | Promise<number> {
    const part = this.#plan.parts[this.#part];
    if (part === undefined || part.segment.isRemoved || !this.#holds()) return 0;
    const room = target.subarray(0, Math.min(target.length, part.bytes - this.#done));
    const position = part.position + this.#done;
    this.#done += room.length;
    if (this.#done === part.bytes) {
      this.#part++;
      this.#done = 0;
    }
    const { segment } = part;
    if (segment.isWarm(position, room.length)) return whole(segment.read(room, position), room);
    return segment.readLater(room, position).then((read) => (this.#holds() ? whole(read, room) : 0));
  }
}

/** A file that ends too early was cut. */
function whole(read: number, room: Buffer): number {
  return read === room.length ? read : 0;
}
