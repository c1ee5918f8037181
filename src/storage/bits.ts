const FIRST_BYTES = 8;
const NONE = new Uint8Array(0);

/** A bit for each whole number from 0 on; those never set are false. */
export class Bits {
  #bytes = NONE;

  get sizeInBytes(): number {
    return this.#bytes.length;
  }

  has(index: number): boolean {
    return ((this.#bytes[index >>> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }

  set(index: number, isSet: boolean): void {
    const at = index >>> 3;
    if (at >= this.#bytes.length) {
      if (!isSet) return;
      const larger = new Uint8Array(Math.max(FIRST_BYTES, at * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const bit = 1 << (index & 7);
    const byte = this.#bytes[at] as number;
    this.#bytes[at] = isSet ? byte | bit : byte & ~bit;
  }
}
