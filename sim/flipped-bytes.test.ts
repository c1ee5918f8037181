/** Any byte of any file is flipped between a clean stop and the next start. `OTTLA_FLIPS=40` tries so many of each file. */
import { expect, test } from '@jest/globals';
import { SeededRandom } from '../src/base/index.ts';
import { flip, leftFolder, type Outcome } from './flipped-bytes.ts';

const FLIPS = Number(process.env['OTTLA_FLIPS'] ?? 2);
const SEED = 1;

test(
  'a flipped byte is told, mended or without effect, and never served',
  async () => {
    const folder = await leftFolder();
    const random = new SeededRandom(SEED);
    const outcomes = new Map<string, Outcome[]>();
    for (const [path, content] of folder.files) {
      for (let i = 0; i < Math.min(FLIPS, content.length); i++) {
        const position = random.below(content.length);
        const bits = 1 << random.below(8);
        const outcome = await flip(folder, path, position, bits).catch((cause: unknown) => {
          throw new Error(`${path}, byte ${position}, bits ${bits}: ${String(cause)}`, { cause });
        });
        outcomes.set(path, [...(outcomes.get(path) ?? []), outcome]);
      }
    }
    const of = (name: string): Outcome[] => outcomes.get(`/disk/data/${name}`) ?? [];
    // What holds data is never passed over.
    for (const name of ['safe-0/00000000000000000006.log', 'keyed-0/00000000000000000000.log'])
      expect(of(name).every(({ isReported, unread }) => isReported && unread > 0)).toBe(true);
    for (const name of [
      '__cluster_metadata-0/00000000000000000000.log',
      '__cluster_metadata-0/quorum-state',
      '.kafka_cleanshutdown',
      'recovery-point-offset-checkpoint',
      'log-start-offset-checkpoint',
      'replication-offset-checkpoint',
      'cleaner-offset-checkpoint',
      'meta.properties',
      'safe-0/leader-epoch-checkpoint',
      'safe-0/partition.metadata',
      ...['uncertain-0/00000000000000000002.txnindex', 'uncertain-0/00000000000000000014.txnindex'],
      'uncertain-0/00000000000000000002.txnindex.crc',
    ]) {
      const tried = Math.min(FLIPS, folder.files.get(`/disk/data/${name}`)?.length ?? 0);
      expect([name, tried > 0, of(name).length]).toEqual([name, true, tried]);
      expect([name, of(name).every(({ isReported }) => isReported)]).toEqual([name, true]);
    }
    const refused = [...outcomes].filter(([, all]) => all.some(({ isRefused }) => isRefused)).map(([path]) => path);
    expect(refused).toEqual(['/disk/data/__cluster_metadata-0/00000000000000000000.log', '/disk/data/meta.properties']);
  },
  120_000 * FLIPS,
);
