import { expect, test } from '@jest/globals';
import { SimulatedClock } from './clock.ts';
import { FileSystemFigures, measuredFileSystem } from './measured-file-system.ts';
import { MemoryFileSystem } from './memory-file-system.ts';

test('counts what is written, read and synced, and changes nothing of it', async () => {
  const figures = new FileSystemFigures();
  const fs = measuredFileSystem(new MemoryFileSystem(), new SimulatedClock(), figures);
  fs.makeDirectory('/a');
  const file = fs.open('/a/b', { create: true });
  file.write([Buffer.from('one'), Buffer.from('two')], 0);
  file.sync();
  await file.syncLater();
  const target = Buffer.alloc(10);
  expect(file.read(target, 0)).toBe(6);
  expect(await file.readLater(target, 3)).toBe(3);
  expect([figures.writtenBytes, figures.readBytes]).toEqual([6, 9]);
  expect([figures.writes.counts[0], figures.syncs.counts[0]]).toEqual([1, 2]);
  file.truncate(3);
  expect([file.size(), file.path]).toEqual([3, '/a/b']);
  file.close();
  fs.replaceFile('/a/c', 'c');
  fs.rename('/a/c', '/a/d');
  expect([fs.list('/a'), fs.readFile('/a/d').toString(), fs.info('/a/d')?.size]).toEqual([['b', 'd'], 'c', 1]);
});
