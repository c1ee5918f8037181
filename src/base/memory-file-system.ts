import { dirname, join, normalize } from 'node:path';
import { FileError, type File, type FileInfo, type FileSystem } from './file-system.ts';
import { systemClock, type Clock } from './clock.ts';
import type { SeededRandom } from './random.ts';

/** Bytes kept in pieces of a fixed size, so that growing never copies what is there. */
const PIECE_BYTES = 64 * 1024;

class Content {
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

/** One write, truncation or nothing since the last sync of a file. */
type Unsynced =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly size: number };

class Node {
  readonly live = new Content();
  /** Kept only where crashes are simulated: the content as the platters have it, and what came after. */
  synced: Content | undefined;
  unsynced: Unsynced[] = [];
  modifiedMs: number;

  constructor(modifiedMs: number, simulateCrashes: boolean) {
    this.modifiedMs = modifiedMs;
    if (simulateCrashes) this.synced = new Content();
  }
}

/** What may go wrong: called before each operation; throwing makes the operation fail. */
export type FaultHook = (operation: 'write' | 'sync' | 'read' | 'truncate' | 'open' | 'rename', path: string) => void;

/**
 * Files in memory, for brokers in tests and for simulations.
 *
 * With `simulateCrashes`, what was written and what was synced are kept apart: `crash` loses a seeded
 * part of everything unsynced (writes are dropped, torn or kept, independently of each other).
 * Creations, renames and removals take effect at once and survive a crash.
 */
export class MemoryFileSystem implements FileSystem {
  readonly #files = new Map<string, Node>();
  readonly #directories = new Set<string>(['/', '.']);
  readonly #locks = new Set<string>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #simulateCrashes: boolean;
  /** Set to make operations fail. */
  fault: FaultHook | undefined;

  constructor(options: { readonly clock?: Pick<Clock, 'now'>; readonly simulateCrashes?: boolean } = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#simulateCrashes = options.simulateCrashes ?? false;
  }

  open(path: string, options: { readonly create?: boolean } = {}): File {
    this.fault?.('open', path);
    const key = normalize(path);
    let node = this.#files.get(key);
    if (node === undefined) {
      if (options.create !== true || !this.#directories.has(dirname(key))) throw new FileError('ENOENT', 'open', path);
      node = new Node(this.#clock.now(), this.#simulateCrashes);
      this.#files.set(key, node);
    }
    return this.#handle(path, node);
  }

  #handle(path: string, node: Node): File {
    let closed = false;
    const use = (): Content => {
      if (closed) throw new FileError('EBADF', 'use', path);
      return node.live;
    };
    const read = (target: Uint8Array, position: number): number => {
      const content = use();
      this.fault?.('read', path);
      return content.read(target, position);
    };
    const sync = (): void => {
      use();
      this.fault?.('sync', path);
      settle(node);
    };
    return {
      path,
      size: () => use().size,
      write: (buffers, position) => {
        const content = use();
        this.fault?.('write', path);
        let at = position;
        for (const buffer of buffers) {
          content.write(buffer, at);
          if (this.#simulateCrashes) node.unsynced.push({ kind: 'write', position: at, bytes: Buffer.from(buffer) });
          at += buffer.length;
        }
        node.modifiedMs = this.#clock.now();
      },
      read,
      readLater: async (target, position) => read(target, position),
      truncate: (size) => {
        const content = use();
        this.fault?.('truncate', path);
        content.truncate(size);
        if (this.#simulateCrashes) node.unsynced.push({ kind: 'truncate', size });
        node.modifiedMs = this.#clock.now();
      },
      sync,
      syncLater: async () => sync(),
      close: () => {
        closed = true;
      },
    };
  }

  readFile(path: string): Buffer {
    const node = this.#files.get(normalize(path));
    if (node === undefined) throw new FileError('ENOENT', 'read', path);
    this.fault?.('read', path);
    const out = Buffer.alloc(node.live.size);
    node.live.read(out, 0);
    return out;
  }

  replaceFile(path: string, content: Uint8Array | string): void {
    const temporary = this.open(`${path}.tmp`, { create: true });
    temporary.truncate(0);
    temporary.write([Buffer.from(content)], 0);
    temporary.sync();
    temporary.close();
    this.rename(`${path}.tmp`, path);
  }

  list(path: string): string[] {
    const key = normalize(path);
    if (!this.#directories.has(key)) throw new FileError('ENOENT', 'list', path);
    const names: string[] = [];
    for (const entry of [...this.#files.keys(), ...this.#directories]) {
      if (entry !== key && dirname(entry) === key) names.push(entry.slice(join(key, 'x').length - 1));
    }
    return names.sort();
  }

  info(path: string): FileInfo | undefined {
    const key = normalize(path);
    if (this.#directories.has(key)) return { size: 0, modifiedMs: this.#clock.now(), isDirectory: true };
    const node = this.#files.get(key);
    return node && { size: node.live.size, modifiedMs: node.modifiedMs, isDirectory: false };
  }

  setModified(path: string, modifiedMs: number): void {
    const node = this.#files.get(normalize(path));
    if (node === undefined) throw new FileError('ENOENT', 'set time of', path);
    node.modifiedMs = modifiedMs;
  }

  makeDirectory(path: string): void {
    for (let key = normalize(path); !this.#directories.has(key); key = dirname(key)) {
      if (this.#files.has(key)) throw new FileError('EEXIST', 'make directory', path);
      this.#directories.add(key);
    }
  }

  rename(from: string, to: string): void {
    this.fault?.('rename', from);
    const [source, target] = [normalize(from), normalize(to)];
    const node = this.#files.get(source);
    if (node !== undefined) {
      this.#files.delete(source);
      this.#files.set(target, node);
      return;
    }
    if (!this.#directories.has(source)) throw new FileError('ENOENT', 'rename', from);
    const moved = (key: string): string => target + key.slice(source.length);
    const inside = (key: string): boolean => key === source || key.startsWith(`${source}/`);
    for (const [key, file] of [...this.#files]) {
      if (!inside(key)) continue;
      this.#files.delete(key);
      this.#files.set(moved(key), file);
    }
    for (const key of [...this.#directories].filter(inside)) {
      this.#directories.delete(key);
      this.#directories.add(moved(key));
    }
  }

  remove(path: string): void {
    this.#files.delete(normalize(path));
  }

  removeTree(path: string): void {
    const key = normalize(path);
    const inside = (entry: string): boolean => entry === key || entry.startsWith(`${key}/`);
    for (const file of [...this.#files.keys()].filter(inside)) this.#files.delete(file);
    for (const directory of [...this.#directories].filter(inside)) this.#directories.delete(directory);
  }

  syncDirectory(): void {}

  lock(directory: string): { release(): void } {
    const key = normalize(directory);
    if (this.#locks.has(key)) throw new FileError('ELOCKED', 'lock', directory);
    this.#locks.add(key);
    return { release: () => void this.#locks.delete(key) };
  }

  space(): { readonly freeBytes: number; readonly totalBytes: number } {
    let used = 0;
    for (const node of this.#files.values()) used += node.live.size;
    return { freeBytes: Number.MAX_SAFE_INTEGER - used, totalBytes: Number.MAX_SAFE_INTEGER };
  }

  /**
   * The power fails: every unsynced write is kept whole, torn or lost as `random` has it, and all locks are gone.
   * Handles opened before must not be used any more.
   */
  crash(random: SeededRandom): void {
    this.#locks.clear();
    for (const [path, node] of this.#files) {
      if (node.synced === undefined) throw new Error('crash() needs { simulateCrashes: true }');
      const after = node.synced;
      for (const change of node.unsynced) {
        if (random.chance(50)) continue;
        if (change.kind === 'truncate') after.truncate(change.size);
        else
          after.write(
            random.chance(70) ? change.bytes : change.bytes.subarray(0, random.below(change.bytes.length + 1)),
            change.position,
          );
      }
      const survivor = new Node(node.modifiedMs, true);
      survivor.live.pieces = after.copy().pieces;
      survivor.live.size = after.size;
      survivor.synced = after;
      this.#files.set(path, survivor);
    }
  }
}

function settle(node: Node): void {
  if (node.synced === undefined) return;
  for (const change of node.unsynced) {
    if (change.kind === 'truncate') node.synced.truncate(change.size);
    else node.synced.write(change.bytes, change.position);
  }
  node.unsynced = [];
}
