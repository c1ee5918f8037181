import { MemoryFileSystem, type File } from '../base/index.ts';

/** A read of a file: by whom the event loop was blocked, and where. */
export interface WatchedRead {
  readonly path: string;
  readonly position: number;
  readonly bytes: number;
  readonly isLater: boolean;
}

/** For tests: files in memory that tell how they were used, and whose asynchronous reads can be held up. */
export class WatchedFileSystem extends MemoryFileSystem {
  /** Since the last `forget`. */
  reads: WatchedRead[] = [];
  opened: string[] = [];
  /** Files looked at without being opened. */
  looks = 0;
  /** Not closed yet. */
  openFiles = 0;
  /** What asynchronous reads wait for. */
  hold: Promise<void> | undefined;
  /** Asynchronous reads under way, now and at most. */
  readsUnderWay = 0;
  mostReadsUnderWay = 0;

  forget(): void {
    this.reads = [];
    this.opened = [];
    this.looks = 0;
  }

  override open(path: string, options?: { readonly create?: boolean }): File {
    const file = super.open(path, options);
    this.opened.push(path);
    this.openFiles++;
    return {
      ...file,
      read: (target, position) => {
        this.reads.push({ path, position, bytes: target.length, isLater: false });
        return file.read(target, position);
      },
      readLater: async (target, position) => {
        this.mostReadsUnderWay = Math.max(this.mostReadsUnderWay, ++this.readsUnderWay);
        this.reads.push({ path, position, bytes: target.length, isLater: true });
        await this.hold;
        this.readsUnderWay--;
        return file.readLater(target, position);
      },
      close: () => {
        this.openFiles--;
        file.close();
      },
    };
  }

  override readFile(path: string): Buffer {
    const bytes = super.readFile(path);
    this.reads.push({ path, position: 0, bytes: bytes.length, isLater: false });
    return bytes;
  }

  override info(path: string): ReturnType<MemoryFileSystem['info']> {
    this.looks++;
    return super.info(path);
  }

  /** Reads that blocked the event loop, without those of what was read later before: that is in memory. */
  get blockingReads(): WatchedRead[] {
    return this.reads.filter((read, i) => !read.isLater && !isCovered(read, this.reads.slice(0, i)));
  }
}

function isCovered({ path, position, bytes }: WatchedRead, earlier: readonly WatchedRead[]): boolean {
  const loads = earlier.filter((load) => load.isLater && load.path === path).sort((a, b) => a.position - b.position);
  let covered = position;
  for (const load of loads) if (load.position <= covered) covered = Math.max(covered, load.position + load.bytes);
  return covered >= position + bytes;
}
