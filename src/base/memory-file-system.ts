import { basename, dirname, normalize } from 'node:path';
import { FileError, type File, type FileInfo, type FileSystem } from './file-system.ts';
import { systemClock, type Clock } from './clock.ts';
import { DirectoryNode, FileNode, type MemoryNode } from './memory-nodes.ts';
import type { SeededRandom } from './random.ts';

/** What a test may watch, or make fail. */
export type FileOperation =
  | 'open'
  | 'create'
  | 'read'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'rename'
  | 'remove'
  | 'make directory'
  | 'sync directory';

/** What may go wrong: called before each operation; throwing makes the operation fail. */
export type FaultHook = (operation: FileOperation, path: string) => void;

interface MemoryFileSystemOptions {
  readonly clock?: Pick<Clock, 'now'>;
  readonly simulateCrashes?: boolean;
}

/**
 * Files in memory, for brokers in tests and for simulations.
 *
 * With `simulateCrashes`, what was done and what was synced are kept apart: `crash` loses a seeded part of everything unsynced.
 * Writes are dropped, torn or kept, independently of each other; so are the creations, renames and removals in a directory until
 * it is synced itself, whether or not the file was.
 */
export class MemoryFileSystem implements FileSystem {
  #root: DirectoryNode;
  readonly #locks = new Set<string>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #simulateCrashes: boolean;
  /** Set to make operations fail. */
  fault: FaultHook | undefined;
  /** Set to let the disk look busy: writes that need not be waited for wait for this. */
  busy: (() => Promise<void>) | undefined;

  constructor(options: MemoryFileSystemOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#simulateCrashes = options.simulateCrashes ?? false;
    this.#root = new DirectoryNode(this.#simulateCrashes);
  }

  /** Where crashes are simulated, so that tests see what a disk would. */
  isWritingBack(): boolean {
    return this.#simulateCrashes;
  }

  #find(path: string): MemoryNode | undefined {
    let node: MemoryNode | undefined = this.#root;
    for (const name of normalize(path).split(/[\\/]/)) {
      if (name === '' || name === '.') continue;
      node = node instanceof DirectoryNode ? node.entries.get(name) : undefined;
    }
    return node;
  }

  #directory(path: string): DirectoryNode | undefined {
    const node = this.#find(path);
    return node instanceof DirectoryNode ? node : undefined;
  }

  #file(path: string): FileNode | undefined {
    const node = this.#find(path);
    return node instanceof FileNode ? node : undefined;
  }

  open(path: string, options: { readonly create?: boolean } = {}): File {
    this.fault?.('open', path);
    let node = this.#file(path);
    if (node === undefined) {
      const parent = this.#directory(dirname(path));
      if (options.create !== true || parent === undefined) throw new FileError('ENOENT', 'open', path);
      this.fault?.('create', path);
      node = new FileNode(this.#clock.now(), this.#simulateCrashes);
      parent.change([[basename(path), node]]);
    }
    return this.#handle(path, node);
  }

  #handle(path: string, node: FileNode): File {
    let closed = false;
    const use = (): FileNode => {
      if (closed) throw new FileError('EBADF', 'use', path);
      return node;
    };
    const read = (target: Uint8Array, position: number): number => {
      use();
      this.fault?.('read', path);
      return node.live.read(target, position);
    };
    const sync = (): void => {
      use();
      this.fault?.('sync', path);
      node.sync();
    };
    const write = (buffers: readonly Uint8Array[], position: number): void => {
      use();
      this.fault?.('write', path);
      let at = position;
      for (const buffer of buffers) {
        node.write(buffer, at);
        at += buffer.length;
      }
      node.modifiedMs = this.#clock.now();
    };
    return {
      path,
      size: () => use().live.size,
      write,
      writeLater: async (source, position) => {
        node.writing++;
        try {
          // As with a disk, what follows on the call happens before the write does.
          await this.busy?.();
          write([source], position);
        } finally {
          node.writing--;
        }
      },
      growLater: async (bytes) => {
        await this.busy?.();
        write([Buffer.alloc(bytes)], use().live.size);
      },
      isBeingWritten: () => node.writing > 0,
      read,
      readLater: async (target, position) => read(target, position),
      truncate: (size) => {
        use();
        this.fault?.('truncate', path);
        node.truncate(size);
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
    const node = this.#file(path);
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
    this.syncDirectory(dirname(path));
  }

  list(path: string): string[] {
    const directory = this.#directory(path);
    if (directory === undefined) throw new FileError('ENOENT', 'list', path);
    return [...directory.entries.keys()].sort();
  }

  info(path: string): FileInfo | undefined {
    const node = this.#find(path);
    if (node instanceof DirectoryNode) return { size: 0, modifiedMs: this.#clock.now(), isDirectory: true };
    return node && { size: node.live.size, modifiedMs: node.modifiedMs, isDirectory: false };
  }

  setModified(path: string, modifiedMs: number): void {
    const node = this.#file(path);
    if (node === undefined) throw new FileError('ENOENT', 'set time of', path);
    node.modifiedMs = modifiedMs;
  }

  makeDirectory(path: string): void {
    const node = this.#find(path);
    if (node instanceof DirectoryNode) return;
    if (node instanceof FileNode) throw new FileError('EEXIST', 'make directory', path);
    this.makeDirectory(dirname(path));
    this.fault?.('make directory', path);
    this.#directory(dirname(path))?.change([[basename(path), new DirectoryNode(this.#simulateCrashes)]]);
  }

  rename(from: string, to: string): void {
    this.fault?.('rename', from);
    const node = this.#find(from);
    const [source, target] = [this.#directory(dirname(from)), this.#directory(dirname(to))];
    if (node === undefined || source === undefined || target === undefined)
      throw new FileError('ENOENT', 'rename', from);
    if (source === target)
      source.change([
        [basename(from), undefined],
        [basename(to), node],
      ]);
    else {
      source.change([[basename(from), undefined]]);
      target.change([[basename(to), node]]);
    }
  }

  remove(path: string): void {
    if (this.#file(path) !== undefined) this.#removeEntry(path);
  }

  removeTree(path: string): void {
    const node = this.#find(path);
    if (node === undefined) return;
    if (node instanceof DirectoryNode) for (const name of this.list(path)) this.removeTree(`${path}/${name}`);
    this.#removeEntry(path);
  }

  async removeLater(path: string): Promise<void> {
    this.removeTree(path);
  }

  #removeEntry(path: string): void {
    this.fault?.('remove', path);
    this.#directory(dirname(path))?.change([[basename(path), undefined]]);
  }

  syncDirectory(path: string): void {
    const directory = this.#directory(path);
    if (directory === undefined) throw new FileError('ENOENT', 'sync', path);
    this.fault?.('sync directory', path);
    directory.sync();
  }

  async syncDirectoryLater(path: string): Promise<void> {
    this.syncDirectory(path);
  }

  lock(directory: string): { release(): void } {
    const key = normalize(directory);
    if (this.#locks.has(key)) throw new FileError('ELOCKED', 'lock', directory);
    this.#locks.add(key);
    return { release: () => void this.#locks.delete(key) };
  }

  space(): { readonly freeBytes: number; readonly totalBytes: number } {
    const used = bytesIn(this.#root);
    return { freeBytes: Number.MAX_SAFE_INTEGER - used, totalBytes: Number.MAX_SAFE_INTEGER };
  }

  /** The power fails: a seeded part of what is unsynced is lost, and all locks. Handles opened before must not be used any more. */
  crash(random: SeededRandom): void {
    this.#locks.clear();
    this.#root = this.#root.survivor(random);
  }

  /** What would be left if the power failed now; this one goes on as if it had not. */
  afterPowerLoss(random: SeededRandom, clock: Pick<Clock, 'now'> = this.#clock): MemoryFileSystem {
    const left = new MemoryFileSystem({ clock, simulateCrashes: true });
    left.#root = this.#root.survivor(random);
    return left;
  }
}

function bytesIn(node: MemoryNode): number {
  if (node instanceof FileNode) return node.live.size;
  let bytes = 0;
  for (const entry of node.entries.values()) bytes += bytesIn(entry);
  return bytes;
}
