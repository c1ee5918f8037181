/** Bytes kept in pieces of a fixed size, so that growing never copies what is there. */
const PIECE_BYTES = 64 * 1024;

export class Content {
  pieces: Buffer[] = [];
  size = 0;

  write(source: Uint8Array, position: number): void {
    const end = position + source.length;
    this.#grow(end);
    for (let at = position; at < end;) {
      const piece = this.pieces[Math.floor(at / PIECE_BYTES)] as Buffer;
      const within = at % PIECE_BYTES;
      const from = at - position;
      const count = Math.min(piece.length - within, source.length - from);
      piece.set(source.subarray(from, from + count), within);
      at += count;
    }
    this.size = Math.max(this.size, end);
  }

  read(target: Uint8Array, position: number): number {
    const end = Math.min(position + target.length, this.size);
    for (let at = position; at < end;) {
      const piece = this.pieces[Math.floor(at / PIECE_BYTES)] as Buffer;
      const within = at % PIECE_BYTES;
      const count = Math.min(piece.length - within, end - at);
      target.set(piece.subarray(within, within + count), at - position);
      at += count;
    }
    return Math.max(0, end - position);
  }

  truncate(size: number): void {
    if (size > this.size) this.#grow(size);
    else {
      this.pieces.length = Math.ceil(size / PIECE_BYTES);
      // What is cut must read as zeros if the file grows over it again.
      this.pieces.at(-1)?.fill(0, size % PIECE_BYTES === 0 ? PIECE_BYTES : size % PIECE_BYTES);
    }
    this.size = size;
  }

  copy(): Content {
    const copy = new Content();
    copy.pieces = this.pieces.map((piece) => Buffer.from(piece));
    copy.size = this.size;
    return copy;
  }

  /** The first piece starts small: a broker in memory holds many near-empty files. */
  #grow(size: number): void {
    const pieces = Math.ceil(size / PIECE_BYTES);
    const first = this.pieces[0];
    const firstBytes = pieces > 1 ? PIECE_BYTES : Math.min(PIECE_BYTES, 2 ** Math.ceil(Math.log2(Math.max(size, 256))));
    if (pieces > 0 && (first === undefined || first.length < firstBytes)) {
      const larger = Buffer.alloc(firstBytes);
      first?.copy(larger);
      this.pieces[0] = larger;
    }
    while (this.pieces.length < pieces) this.pieces.push(Buffer.alloc(PIECE_BYTES));
  }
}
