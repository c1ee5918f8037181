import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { diskFileSystem, FileError, MemoryFileSystem, SeededRandom, type FileSystem } from './index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ottla-base-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const systems: [string, () => { fs: FileSystem; root: string }][] = [
  ['on disk', () => ({ fs: diskFileSystem, root: mkdtempSync(join(folder, 'fs-')) })],
  [
    'in memory',
    () => {
      const fs = new MemoryFileSystem();
      fs.makeDirectory('/root');
      return { fs, root: '/root' };
    },
  ],
];

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof FileError) return error.code;
    throw error;
  }
  return 'no error';
};

describe.each(systems)('files %s', (_where, make) => {
  test('what is written at a position is read from there, over piece borders too', async () => {
    const { fs, root } = make();
    const file = fs.open(join(root, 'f'), { create: true });
    file.write([Buffer.alloc(100_000, 1), Buffer.from('tail')], 10);
    expect(file.size()).toBe(100_014);
    const tail = Buffer.alloc(10);
    expect(file.read(tail, 100_010)).toBe(4);
    expect(tail.subarray(0, 4).toString()).toBe('tail');
    const middle = Buffer.alloc(100);
    expect(await file.readLater(middle, 65_500)).toBe(100);
    expect(middle.every((byte) => byte === 1)).toBe(true);
    await file.writeLater(Buffer.from('TAIL!'), 100_010);
    expect(fs.readFile(join(root, 'f')).subarray(100_009).toString()).toBe('\u0001TAIL!');
    expect(file.read(Buffer.alloc(1), 200_000)).toBe(0);
    file.close();
  });

  test('a file is known to be written to, whoever looks at it and whatever its name is', async () => {
    const { fs, root } = make();
    const file = fs.open(join(root, 'f'), { create: true });
    const before = fs.open(join(root, 'f'));
    const writes = [file.writeLater(Buffer.from('abc'), 0), before.writeLater(Buffer.from('abc'), 0)];
    fs.rename(join(root, 'f'), join(root, 'g'));
    const after = fs.open(join(root, 'g'));
    const other = fs.open(join(root, 'f'), { create: true });
    const files = [file, before, after, other];
    expect(files.map((each) => each.isBeingWritten())).toEqual([true, true, true, false]);
    await writes[0];
    await writes[1];
    expect(files.map((each) => each.isBeingWritten())).toEqual([false, false, false, false]);
    for (const each of files) each.close();
  });

  test('zeros come to the end that the file has by then, whatever its name is', async () => {
    const { fs, root } = make();
    const file = fs.open(join(root, 'f'), { create: true });
    file.write([Buffer.from('abc')], 0);
    await file.growLater(2);
    fs.rename(join(root, 'f'), join(root, 'g'));
    const growing = file.growLater(300_000);
    file.write([Buffer.from('defghi')], 3);
    await growing;
    const content = fs.readFile(join(root, 'g'));
    expect(content.length).toBeGreaterThanOrEqual(300_005);
    expect(content.subarray(0, 9).toString()).toBe('abcdefghi');
    expect(content.subarray(9).every((byte) => byte === 0)).toBe(true);
    file.close();
  });

  test('what is cut off reads as zeros when the file grows over it again', () => {
    const { fs, root } = make();
    const file = fs.open(join(root, 'f'), { create: true });
    file.write([Buffer.alloc(300, 7)], 0);
    file.truncate(100);
    file.write([Buffer.from([9])], 299);
    const all = Buffer.alloc(300);
    file.read(all, 0);
    expect([all[99], all[100], all[298], all[299]]).toEqual([7, 0, 0, 9]);
    file.close();
  });

  test('a file is replaced as a whole', () => {
    const { fs, root } = make();
    fs.replaceFile(join(root, 'f'), 'a long first content');
    fs.replaceFile(join(root, 'f'), 'second');
    expect(fs.readFile(join(root, 'f')).toString()).toBe('second');
    expect(fs.list(root)).toEqual(['f']);
  });

  test('directories are made with their parents, listed, renamed and removed with what they hold', () => {
    const { fs, root } = make();
    fs.makeDirectory(join(root, 'a/b'));
    fs.replaceFile(join(root, 'a/b/f'), 'x');
    fs.replaceFile(join(root, 'a/e'), 'y');
    expect(fs.list(join(root, 'a'))).toEqual(['b', 'e']);
    fs.rename(join(root, 'a'), join(root, 'c'));
    expect(fs.info(join(root, 'a'))).toBeUndefined();
    expect(fs.info(join(root, 'c/b'))).toMatchObject({ isDirectory: true });
    expect(fs.readFile(join(root, 'c/b/f')).toString()).toBe('x');
    fs.removeTree(join(root, 'c'));
    expect(fs.list(root)).toEqual([]);
    fs.removeTree(join(root, 'c'));
  });

  test('a file, and a directory with all it holds, is removed without being waited for', async () => {
    const { fs, root } = make();
    fs.makeDirectory(join(root, 'a/b'));
    fs.replaceFile(join(root, 'a/b/f'), 'x');
    fs.replaceFile(join(root, 'e'), 'y');
    await Promise.all([fs.removeLater(join(root, 'a')), fs.removeLater(join(root, 'e'))]);
    expect(fs.list(root)).toEqual([]);
    await fs.removeLater(join(root, 'a'));
  });

  test('a file can be made to look older than it is', () => {
    const { fs, root } = make();
    const path = join(root, 'old');
    fs.open(path, { create: true }).close();
    fs.setModified(path, 1_600_000_000_000);
    expect(fs.info(path)?.modifiedMs).toBe(1_600_000_000_000);
  });

  test('what is not there is ENOENT, with the path', () => {
    const { fs, root } = make();
    expect(codeOf(() => fs.open(join(root, 'none')))).toBe('ENOENT');
    expect(codeOf(() => fs.readFile(join(root, 'none')))).toBe('ENOENT');
    expect(codeOf(() => fs.list(join(root, 'none')))).toBe('ENOENT');
    expect(() => fs.readFile(join(root, 'none'))).toThrow(join(root, 'none'));
    fs.remove(join(root, 'none'));
  });

  test('a folder is locked by one at a time', () => {
    const { fs, root } = make();
    const lock = fs.lock(root);
    expect(codeOf(() => fs.lock(root))).toBe('ELOCKED');
    lock.release();
    fs.lock(root).release();
  });
});

describe('a folder on disk', () => {
  test('where the system takes none is refused, and not tried for ever', () => {
    expect(codeOf(() => diskFileSystem.makeDirectory('/proc/ottla/data'))).not.toBe('no error');
  });

  test('below a file is refused', () => {
    const file = join(mkdtempSync(join(folder, 'fs-')), 'file');
    writeFileSync(file, '');
    expect(codeOf(() => diskFileSystem.makeDirectory(file))).toBe('EEXIST');
    expect(codeOf(() => diskFileSystem.makeDirectory(join(file, 'a', 'b')))).toBe('ENOTDIR');
  });
});

describe('the lock of a folder on disk', () => {
  test('one that a dead process left behind is taken over', () => {
    const root = mkdtempSync(join(folder, 'stale-'));
    writeFileSync(join(root, '.lock'), '999999999 1\n');
    diskFileSystem.lock(root).release();
  });

  test('one whose process id went to another program is taken over', () => {
    const root = mkdtempSync(join(folder, 'reused-'));
    writeFileSync(join(root, '.lock'), `${process.ppid} 1\n`);
    diskFileSystem.lock(root).release();
  });

  test('one of a living process is respected', () => {
    const root = mkdtempSync(join(folder, 'held-'));
    writeFileSync(join(root, '.lock'), `${process.ppid} \n`);
    expect(codeOf(() => diskFileSystem.lock(root))).toBe('ELOCKED');
  });
});

describe('a crash in memory', () => {
  test('keeps what was synced, and some of the rest', () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 50; seed++) {
      const fs = new MemoryFileSystem({ simulateCrashes: true });
      const file = fs.open('/f', { create: true });
      fs.syncDirectory('/');
      file.write([Buffer.from('synced')], 0);
      file.sync();
      file.write([Buffer.from('later')], 6);
      fs.crash(new SeededRandom(seed));
      const content = fs.readFile('/f').toString();
      expect(content.startsWith('synced')).toBe(true);
      expect('syncedlater'.startsWith(content)).toBe(true);
      outcomes.add(content);
    }
    expect([...outcomes]).toEqual(expect.arrayContaining(['synced', 'syncedlater']));
    expect(outcomes.size).toBeGreaterThan(2);
  });

  /** What is left of some work in /d, after many losses of power. */
  function left(work: (fs: MemoryFileSystem) => void): Set<string> {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 60; seed++) {
      const fs = new MemoryFileSystem({ simulateCrashes: true });
      fs.makeDirectory('/d');
      fs.syncDirectory('/');
      work(fs);
      const after = fs.afterPowerLoss(new SeededRandom(seed));
      outcomes.add(after.list('/d').join());
    }
    return outcomes;
  }

  test('takes or leaves new names until their directory is synced, even if the files were', () => {
    const make = (fs: MemoryFileSystem): void => {
      for (const name of ['a', 'b']) fs.open(`/d/${name}`, { create: true }).sync();
    };
    expect(left(make)).toEqual(new Set(['', 'a', 'b', 'a,b']));
    const sync = (fs: MemoryFileSystem): void => {
      make(fs);
      fs.syncDirectory('/d');
    };
    expect(left(sync)).toEqual(new Set(['a,b']));
  });

  test('takes or leaves renames and removals, each as a whole', () => {
    const work = (fs: MemoryFileSystem): void => {
      for (const name of ['a', 'b']) fs.open(`/d/${name}`, { create: true });
      fs.syncDirectory('/d');
      fs.rename('/d/a', '/d/c');
      fs.remove('/d/b');
    };
    expect(left(work)).toEqual(new Set(['a,b', 'b,c', 'a', 'c']));
  });

  test('takes a directory with all it holds', () => {
    const work = (fs: MemoryFileSystem): void => {
      fs.makeDirectory('/d/e');
      fs.replaceFile('/d/e/f', 'synced');
    };
    expect(left(work)).toEqual(new Set(['', 'e']));
  });

  test('keeps a file that is replaced in the old or the new form', () => {
    const work = (fs: MemoryFileSystem): void => fs.replaceFile('/d/f', 'x'.repeat(100));
    expect(left(work)).toEqual(new Set(['f']));
  });

  test("faults are the test's to choose", () => {
    const fs = new MemoryFileSystem();
    const file = fs.open('/f', { create: true });
    fs.fault = (operation, path) => {
      if (operation === 'write') throw new FileError('ENOSPC', operation, path);
    };
    expect(codeOf(() => file.write([Buffer.from('x')], 0))).toBe('ENOSPC');
    fs.fault = undefined;
    file.write([Buffer.from('x')], 0);
    expect(file.size()).toBe(1);
  });
});
