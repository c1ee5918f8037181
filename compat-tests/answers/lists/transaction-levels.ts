import { conversation, type Conversation } from '../conversation.ts';
import { pick, type Said } from '../fit.ts';
import type { Talk } from '../talk.ts';
import { producing, readBack, Transaction } from '../transaction.ts';

const FEATURE = 'transaction.version';
const UPGRADE = 1;
const SAFE_DOWNGRADE = 2;

/** Sets the level of `transaction.version`, and waits until the broker has heard of it. */
async function reach(talk: Talk, level: number, upgradeType: number): Promise<void> {
  const featureUpdates = [{ feature: FEATURE, maxVersionLevel: level, upgradeType }];
  await talk.ask(`level ${level}`, 'UpdateFeatures', { featureUpdates, timeoutMs: 10_000 }, { version: 1 });
  await talk.until(`${FEATURE} ${level}`, async () => {
    const answer = await talk.quietly('ApiVersions', { clientSoftwareName: 'a', clientSoftwareVersion: '1' });
    const finalized = (pick(answer, 'finalizedFeatures') ?? []) as Said[];
    // A feature of level 0 is not told.
    return (finalized.find(({ name }) => name === FEATURE)?.['maxVersionLevel'] ?? 0) === level;
  });
}

export const transactionLevelConversations: readonly Conversation[] = [
  conversation(
    'EndTxn',
    'at each level of transaction.version',
    async (talk) => {
      const group = talk.name('group');
      for (const level of [1, 0, 2]) {
        const topic = await talk.topic(`written${level}`);
        await reach(talk, level, level === 2 ? UPGRADE : SAFE_DOWNGRADE);
        const transaction = await Transaction.begin(talk, `txn${level}`);
        const write = (label: string, version: number, baseSequence = 0): Promise<Said> =>
          talk.ask(`${label} at level ${level}`, 'Produce', producing(transaction, topic, { baseSequence }), {
            version,
          });
        for (const committed of [false, true]) {
          const isImplicit = level === 2 && talk.version >= 5;
          if (!isImplicit) {
            await transaction.add(topic.name);
            const said = { ...transaction.producer, groupId: group };
            await talk.ask(`offsets added at level ${level}`, 'AddOffsetsToTxn', said);
          }
          const sequence = committed && talk.version < 5 ? 1 : 0;
          await write('a record', isImplicit ? 12 : 11, transaction.producerEpoch > 0 && isImplicit ? 0 : sequence);
          const topics = [{ name: topic.name, partitions: [{ partitionIndex: 0, committedOffset: 7 + level }] }];
          const offsets = { ...transaction.producer, groupId: group, topics };
          await talk.ask(`offsets at level ${level}`, 'TxnOffsetCommit', offsets, { version: isImplicit ? 5 : 4 });
          await transaction.describe(`open at level ${level}`);
          await readBack(talk, topic);
          const ended = await talk.ask(`ended at level ${level}`, 'EndTxn', { ...transaction.producer, committed });
          if (talk.version >= 5 && pick(ended, 'errorCode') === 0) transaction.hasBecome(ended);
          // Apache Kafka never ends a transaction again that it could not write the end of.
          if (pick(ended, 'errorCode') !== 0) break;
          await transaction.complete();
          await transaction.describe(`ended, at level ${level}`);
          await readBack(talk, topic);
        }
      }
    },
    { versions: [4, 5], alone: true },
  ),
];
