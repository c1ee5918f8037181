import { describe, expect, test } from '@jest/globals';
import { MetadataDelta } from './delta.ts';
import { emptyImage, type MetadataImage } from './image.ts';
import type { MetadataRecord } from './record.ts';
import { ScramMechanism } from './scram-credentials.ts';
import { recordsOfImage } from './snapshot-records.ts';
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts';

const SHA_256 = ScramMechanism['SCRAM-SHA-256'];
const SHA_512 = ScramMechanism['SCRAM-SHA-512'];
const start = emptyImage('EQwzzqGbRfymgv3BSpszpw');

function apply(image: MetadataImage, records: readonly MetadataRecord[]): MetadataImage {
  const delta = new MetadataDelta(image);
  for (const record of records) delta.add(record);
  return delta.apply({ offset: image.position.offset + records.length, epoch: 1 });
}

const quota = (parts: Record<string, string | null>, key: string, value?: number): MetadataRecord => ({
  type: 'ClientQuotaRecord',
  value: {
    entity: Object.entries(parts).map(([entityType, entityName]) => ({ entityType, entityName })),
    key,
    value: value ?? 0,
    remove: value === undefined,
  },
});
const credential = (name: string, mechanism: number, iterations: number): MetadataRecord => ({
  type: 'UserScramCredentialRecord',
  value: {
    name,
    mechanism,
    salt: Buffer.from('salt'),
    storedKey: Buffer.from('stored'),
    serverKey: Buffer.from('server'),
    iterations,
  },
});

describe('client quotas in the metadata', () => {
  test('belong to an entity whatever the order of its parts, the default being a name of its own', () => {
    const image = apply(start, [
      quota({ user: 'ann', 'client-id': null }, 'producer_byte_rate', 1000),
      quota({ 'client-id': null, user: 'ann' }, 'consumer_byte_rate', 0.5),
      quota({ user: 'ann' }, 'producer_byte_rate', 7),
    ]);
    const values = image.clientQuotas.of(
      new Map<string, string | null>([
        ['user', 'ann'],
        ['client-id', null],
      ]),
    );
    expect([...values]).toEqual([
      ['producer_byte_rate', 1000],
      ['consumer_byte_rate', 0.5],
    ]);
    expect([...image.clientQuotas.of(new Map([['user', 'ann']]))]).toEqual([['producer_byte_rate', 7]]);
  });

  test('are gone with the last value of their entity', () => {
    const image = apply(start, [quota({ ip: '10.0.0.1' }, 'connection_creation_rate', 5)]);
    expect([...apply(image, [quota({ ip: '10.0.0.1' }, 'connection_creation_rate')]).clientQuotas]).toEqual([]);
    expect([...image.clientQuotas]).toHaveLength(1);
  });
});

describe('SCRAM credentials in the metadata', () => {
  test('are kept by user and mechanism until they are removed', () => {
    const image = apply(start, [
      credential('ann', SHA_256, 4096),
      credential('ann', SHA_512, 8192),
      credential('ann', SHA_256, 5000),
      credential('bob', SHA_256, 4096),
      { type: 'RemoveUserScramCredentialRecord', value: { name: 'bob', mechanism: SHA_256 } },
    ]);
    expect([...image.scramCredentials.users()]).toEqual(['ann']);
    expect(
      [...image.scramCredentials.of('ann').values()].map(({ mechanism, iterations }) => [mechanism, iterations]),
    ).toEqual([
      [SHA_256, 5000],
      [SHA_512, 8192],
    ]);
  });
});

test('a snapshot brings quotas and credentials back', () => {
  const image = apply(start, [
    quota({ user: null }, 'request_percentage', 12.5),
    quota({ user: 'ann', 'client-id': 'app' }, 'producer_byte_rate', 1000),
    credential('ann', SHA_512, 8192),
  ]);
  const bytes = encodeSnapshot(recordsOfImage(image), { epoch: 1, lastTimestampMs: 0, now: 0 });
  const again = apply(start, decodeSnapshot('snapshot', bytes).records);
  expect([...again.clientQuotas]).toEqual([...image.clientQuotas]);
  expect(again.scramCredentials.of('ann')).toEqual(image.scramCredentials.of('ann'));
  expect(again.others).toEqual([]);
});
