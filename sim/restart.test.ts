/** A broker that was killed, started again on its folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  MemoryFileSystem,
  RecordingLogger,
  systemClock,
  systemRandom,
  type FileSystem,
  type Logger,
} from '../src/base/index.ts';
import { startBroker, type Broker } from '../src/broker.ts';
import { settle } from '../src/settings.ts';
import { batchOf, createTopic, fetchFrom, produceTo } from './broker.ts';
import { WireClient } from './wire-client.ts';

async function start(fs: FileSystem, logger: Logger): Promise<{ broker: Broker; wire: WireClient }> {
  const settled = settle(
    new Map([
      ['listeners', 'PLAINTEXT://127.0.0.1:0'],
      ['log.dirs', '/data'],
    ]),
    { wildcardHost: 'localhost' },
  );
  const broker = await startBroker(settled.config, settled.listeners, {
    fs,
    clock: systemClock,
    random: systemRandom,
    logger,
  });
  return { broker, wire: await WireClient.connect(broker.addresses[0]?.port ?? 0) };
}

/** What a killed process leaves: everything written, nothing closed, the lock of the dead. */
function afterKill(fs: MemoryFileSystem): MemoryFileSystem {
  const left = new MemoryFileSystem();
  const copy = (folder: string): void => {
    left.makeDirectory(folder);
    for (const name of fs.list(folder)) {
      const path = join(folder, name);
      if (fs.info(path)?.isDirectory === true) copy(path);
      else left.replaceFile(path, fs.readFile(path));
    }
  };
  copy('/data');
  return left;
}

test('records, topics and leadership are there again, and its partitions count as recovered', async () => {
  const fs = new MemoryFileSystem();
  const first = await start(fs, new RecordingLogger());
  const topicId = await createTopic(first.wire, 'orders');
  for (const value of ['a', 'b', 'c']) await produceTo(first.wire, 'orders', batchOf([value]));
  const killed = afterKill(fs);
  first.wire.close();
  await first.broker.close();

  const logger = new RecordingLogger();
  const second = await start(killed, logger);
  expect((await fetchFrom(second.wire, 'orders', 0)).highWatermark).toBe(3);
  expect(await produceTo(second.wire, 'orders', batchOf(['d']))).toMatchObject({ errorCode: 0, baseOffset: 3 });
  await expect(createTopic(second.wire, 'orders')).rejects.toThrow('error 36');
  expect(second.broker.image().topics.byId(topicId)?.partitions).toMatchObject([
    { leader: 1, isr: [1], leaderRecoveryState: 0 },
  ]);
  expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  second.wire.close();
  await second.broker.close();
});

test('a folder is left behind so that it can be used again at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-restart-'));
  const { startBroker: startTestBroker } = await import('../src/testing/index.ts');
  for (let round = 0; round < 3; round++) {
    const broker = await startTestBroker({ dataDir: folder });
    const wire = await WireClient.connect(broker.port);
    if (round === 0) await createTopic(wire, 'orders');
    expect(await produceTo(wire, 'orders', batchOf(['x']))).toMatchObject({ errorCode: 0, baseOffset: round });
    wire.close();
    await broker.stop();
  }
  rmSync(folder, { recursive: true, force: true });
});
