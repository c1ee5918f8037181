import { MetadataDelta } from '../delta.ts';
import type { MetadataImage } from '../image.ts';
import type { MetadataRecord } from '../record.ts';
import { marksTransaction } from '../transaction-filter.ts';

/**
 * The controller's hard state: the image as of the last record it wrote, ahead of what is committed and published.
 * Records are collected and the image is made when someone looks, so that a batch of ten thousand makes one image.
 */
export class ControllerState {
  readonly #leaderEpoch: number;
  #image: MetadataImage;
  #delta: MetadataDelta | undefined;
  #offset: number;

  constructor(image: MetadataImage, leaderEpoch: number) {
    this.#image = image;
    this.#leaderEpoch = leaderEpoch;
    this.#offset = image.position.offset;
  }

  /** A transaction of its own is ahead of the log in memory like all else. */
  replay(record: MetadataRecord, offset: number): void {
    this.#offset = offset;
    if (marksTransaction(record)) return;
    this.#delta ??= new MetadataDelta(this.#image);
    this.#delta.add(record);
  }

  get image(): MetadataImage {
    if (this.#delta !== undefined) {
      this.#image = this.#delta.apply({ offset: this.#offset, epoch: this.#leaderEpoch });
      this.#delta = undefined;
    }
    return this.#image;
  }
}
