import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { systemClock } from './clock.ts';
import { FileError, type File, type FileInfo, type FileSystem } from './file-system.ts';
import { Writeback } from './writeback.ts';

function attempt<T>(operation: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw asFileError(operation, path, cause);
  }
}

function asFileError(operation: string, path: string, cause: unknown): FileError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'EUNKNOWN';
  return new FileError(code, operation, path, cause);
}

/** The most buffers one writev takes (IOV_MAX on Linux). */
const MAX_BUFFERS = 1024;

const writeback = new Writeback(systemClock);

/** Made when a file first grows by them. */
let zerosIfUsed: Buffer | undefined;
const ZEROS_BYTES = 1024 * 1024;

/** How many writes that nobody waits for are under way to a file, by `DiskFile.#identity`. */
const writing = new Map<string, number>();

class DiskFile implements File {
  readonly path: string;
  readonly #fd: number;
  #knownIdentity: string | undefined;
  /** Of the same file, for what goes to its end. */
  #endFd: number | undefined;

  constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
  }

  size(): number {
    return attempt('stat', this.path, () => fs.fstatSync(this.#fd).size);
  }

  write(buffers: readonly Uint8Array[], position: number): void {
    attempt('write', this.path, () => {
      let at = position;
      for (let i = 0; i < buffers.length; i += MAX_BUFFERS) at += this.#writeAll(buffers.slice(i, i + MAX_BUFFERS), at);
    });
  }

  /** A write may stop short (disk nearly full, a signal): go on with the rest until the system refuses. */
  #writeAll(buffers: readonly Uint8Array[], position: number): number {
    const total = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    const only = buffers[0];
    let written =
      buffers.length === 1 && only !== undefined
        ? fs.writeSync(this.#fd, only, 0, only.length, position)
        : fs.writevSync(this.#fd, buffers, position);
    if (written < total) {
      const rest = Buffer.concat(buffers).subarray(written);
      for (let at = 0; at < rest.length;) {
        const step = fs.writeSync(this.#fd, rest, at, rest.length - at, position + written);
        at += step;
        written += step;
      }
    }
    return total;
  }

  async writeLater(source: Uint8Array, position: number): Promise<void> {
    const identity = this.#identity;
    writing.set(identity, (writing.get(identity) ?? 0) + 1);
    try {
      for (let at = 0; at < source.length;) {
        at += await new Promise<number>((done, failed) =>
          fs.write(this.#fd, source, at, source.length - at, position + at, (cause, bytes) =>
            cause === null ? done(bytes) : failed(asFileError('write', this.path, cause)),
          ),
        );
      }
    } finally {
      const left = (writing.get(identity) as number) - 1;
      if (left > 0) writing.set(identity, left);
      else writing.delete(identity);
    }
  }

  async growLater(bytes: number): Promise<void> {
    const fd = (this.#endFd ??= this.#openEnd());
    const zeros = (zerosIfUsed ??= Buffer.alloc(ZEROS_BYTES));
    for (let left = bytes; left > 0;) {
      left -= await new Promise<number>((done, failed) =>
        fs.write(fd, zeros, 0, Math.min(left, zeros.length), null, (cause, written) =>
          cause === null ? done(written) : failed(asFileError('write', this.path, cause)),
        ),
      );
    }
  }

  #openEnd(): number {
    return attempt('open', this.path, () => {
      const fd = fs.openSync(this.path, fs.constants.O_WRONLY | fs.constants.O_APPEND);
      if (identityOf(fd) === this.#identity) return fd;
      fs.closeSync(fd);
      throw Object.assign(new Error('another file has its name'), { code: 'ESTALE' });
    });
  }

  isBeingWritten(): boolean {
    return writing.size > 0 && writing.has(this.#identity);
  }

  /** Stays the same when the file gets another name. */
  get #identity(): string {
    return (this.#knownIdentity ??= attempt('stat', this.path, () => identityOf(this.#fd)));
  }

  read(target: Uint8Array, position: number): number {
    return attempt('read', this.path, () => {
      let filled = 0;
      while (filled < target.length) {
        const step = fs.readSync(this.#fd, target, filled, target.length - filled, position + filled);
        if (step === 0) break;
        filled += step;
      }
      return filled;
    });
  }

  async readLater(target: Uint8Array, position: number): Promise<number> {
    let filled = 0;
    while (filled < target.length) {
      const step = await new Promise<number>((done, failed) =>
        fs.read(this.#fd, target, filled, target.length - filled, position + filled, (cause, bytes) =>
          cause === null ? done(bytes) : failed(asFileError('read', this.path, cause)),
        ),
      );
      if (step === 0) break;
      filled += step;
    }
    return filled;
  }

  truncate(size: number): void {
    attempt('truncate', this.path, () => fs.ftruncateSync(this.#fd, size));
  }

  sync(): void {
    attempt('sync', this.path, () => fs.fdatasyncSync(this.#fd));
  }

  syncLater(): Promise<void> {
    return new Promise((done, failed) =>
      fs.fdatasync(this.#fd, (cause) => (cause === null ? done() : failed(asFileError('sync', this.path, cause)))),
    );
  }

  close(): void {
    attempt('close', this.path, () => {
      if (this.#endFd !== undefined) fs.closeSync(this.#endFd);
      fs.closeSync(this.#fd);
    });
  }
}

function identityOf(fd: number): string {
  const { dev, ino } = fs.fstatSync(fd, { bigint: true });
  return `${dev}:${ino}`;
}

/** Directories this process holds, so that a second broker inside it is refused too. */
const held = new Set<string>();

/** The boot-relative start time of a process where the system tells it; guards against reused process ids. */
function startTime(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isHeldByLiving(lockFile: string): boolean {
  let text: string;
  try {
    text = fs.readFileSync(lockFile, 'utf8');
  } catch {
    return false;
  }
  const [pid, started] = text.trim().split(' ');
  const holder = Number(pid);
  if (!Number.isInteger(holder) || holder <= 0 || holder === process.pid || !isAlive(holder)) return false;
  return started === undefined || started === '' || startTime(holder) === started;
}

/** One file at a time: reads and syncs wait for threads of the same pool, and freeing a gigabyte takes a part of a second. */
let removals: Promise<void> = Promise.resolve();

async function removeOneByOne(path: string): Promise<void> {
  if (fs.lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    for (const name of await fs.promises.readdir(path)) await removeOneByOne(join(path, name));
  }
  await fs.promises.rm(path, { force: true, recursive: true });
}

/** Node's own recursive way turns for ever where a folder that is there takes no other, as /proc. */
function makeDirectories(path: string): void {
  try {
    fs.mkdirSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' && fs.statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || fs.existsSync(dirname(path))) throw cause;
    makeDirectories(dirname(path));
    makeDirectories(path);
  }
}

export const diskFileSystem: FileSystem = {
  // Seen with ext4: who adds to a file waits while another finds places on the disk for what was written to it before.
  isWritingBack: () => writeback.isUnderWay(),
  open(path, options = {}) {
    const flags = fs.constants.O_RDWR | (options.create === true ? fs.constants.O_CREAT : 0);
    return new DiskFile(
      path,
      attempt('open', path, () => fs.openSync(path, flags, 0o644)),
    );
  },
  readFile: (path) => attempt('read', path, () => fs.readFileSync(path)),
  replaceFile(path, content) {
    attempt('write', path, () => {
      const temporary = `${path}.tmp`;
      fs.writeFileSync(temporary, content, { flush: true });
      fs.renameSync(temporary, path);
    });
    this.syncDirectory(dirname(path));
  },
  list: (path) => attempt('list', path, () => fs.readdirSync(path).sort()),
  info(path): FileInfo | undefined {
    const stat = attempt('stat', path, () => fs.statSync(path, { throwIfNoEntry: false }));
    return stat && { size: stat.size, modifiedMs: stat.mtimeMs, isDirectory: stat.isDirectory() };
  },
  setModified: (path, modifiedMs) =>
    attempt('set time of', path, () => fs.utimesSync(path, modifiedMs / 1000, modifiedMs / 1000)),
  makeDirectory: (path) => void attempt('make directory', path, () => makeDirectories(path)),
  rename: (from, to) => attempt('rename', from, () => fs.renameSync(from, to)),
  remove: (path) => attempt('remove', path, () => fs.rmSync(path, { force: true })),
  removeTree: (path) => attempt('remove', path, () => fs.rmSync(path, { force: true, recursive: true })),
  removeLater(path) {
    const removal = removals.then(() => removeOneByOne(path));
    removals = removal.catch(() => undefined);
    return removal.catch((cause: Error) => {
      throw asFileError('remove', path, cause);
    });
  },
  syncDirectory(path) {
    // Windows cannot open a directory for syncing; its file systems journal entries themselves.
    if (process.platform === 'win32') return;
    attempt('sync', path, () => {
      const fd = fs.openSync(path, fs.constants.O_RDONLY);
      try {
        fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
    });
  },
  async syncDirectoryLater(path) {
    if (process.platform === 'win32') return;
    const fd = attempt('sync', path, () => fs.openSync(path, fs.constants.O_RDONLY));
    try {
      await new Promise<void>((done, failed) =>
        fs.fsync(fd, (cause) => (cause === null ? done() : failed(asFileError('sync', path, cause)))),
      );
    } finally {
      fs.closeSync(fd);
    }
  },
  lock(directory) {
    const key = resolve(directory);
    const lockFile = join(directory, '.lock');
    if (held.has(key) || isHeldByLiving(lockFile)) throw new FileError('ELOCKED', 'lock', directory);
    attempt('lock', directory, () => fs.writeFileSync(lockFile, `${process.pid} ${startTime(process.pid) ?? ''}\n`));
    held.add(key);
    return {
      release() {
        if (!held.delete(key)) return;
        attempt('unlock', directory, () => fs.rmSync(lockFile, { force: true }));
      },
    };
  },
  space(path) {
    const { bavail, blocks, bsize } = attempt('stat', path, () => fs.statfsSync(path));
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  },
};
