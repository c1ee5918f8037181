import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../wire/index.ts';
import { ConfigResourceType } from '../configs.ts';
import { ELIGIBLE_LEADER_REPLICAS_VERSION, isMetadataChanged, METADATA_VERSION } from '../features.ts';
import { Controller } from './controller-fixture.ts';

const ELR = ELIGIBLE_LEADER_REPLICAS_VERSION;
const [UPGRADE, SAFE, UNSAFE] = [1, 2, 3];

function update(
  controller: Controller,
  wishes: readonly (readonly [feature: string, level: number, upgradeType?: number])[],
  validateOnly = false,
) {
  return controller.ask('updateFeatures', {
    timeoutMs: 1000,
    validateOnly,
    featureUpdates: wishes.map(([feature, maxVersionLevel, upgradeType = UPGRADE]) => ({
      feature,
      maxVersionLevel,
      upgradeType,
      allowDowngrade: false,
    })),
  });
}

describe('UpdateFeatures answers as Apache Kafka 4.3 does', () => {
  const { NONE, INVALID_UPDATE_VERSION: INVALID } = ErrorCode;
  test.each([
    ['the level it has', METADATA_VERSION, 30, UPGRADE, NONE],
    ['a level too high', METADATA_VERSION, 31, UPGRADE, INVALID],
    ['a level too low', METADATA_VERSION, 6, SAFE, INVALID],
    ['a lower level, not said to be one', METADATA_VERSION, 29, UPGRADE, INVALID],
    ['a level before records that may be there', METADATA_VERSION, 29, SAFE, INVALID],
    ['the same, whatever it costs', METADATA_VERSION, 29, UNSAFE, INVALID],
    ['off, not said to be a downgrade', ELR, 0, UPGRADE, INVALID],
    ['off', ELR, 0, SAFE, NONE],
    ['off, whatever it costs', ELR, 0, UNSAFE, NONE],
    ['a negative level', ELR, -1, SAFE, INVALID],
    ['an upgrade type that is none', ELR, 1, 0, INVALID],
    ['a feature nobody knows', 'no.such.feature', 1, UPGRADE, INVALID],
    ['a feature nobody knows, off', 'no.such.feature', 0, UPGRADE, INVALID],
    ['the kraft version it has', 'kraft.version', 0, UPGRADE, NONE],
    ['voters in the log', 'kraft.version', 1, UPGRADE, INVALID],
  ])('to %s', (_what, feature, level, upgradeType, errorCode) => {
    const controller = new Controller();
    const { features } = controller.image;
    expect(update(controller, [[feature, level, upgradeType]]).errorCode).toBe(errorCode);
    if (errorCode !== NONE) expect(controller.image.features).toEqual(features);
  });

  test('with each feature by name when all went well, and with none otherwise', () => {
    const controller = new Controller();
    const good = update(controller, [
      [METADATA_VERSION, 30],
      [ELR, 1],
    ]);
    expect(good.results?.map(({ feature, errorCode }) => [feature, errorCode])).toEqual([
      [METADATA_VERSION, NONE],
      [ELR, NONE],
    ]);
    const bad = update(controller, [
      [ELR, 0, SAFE],
      ['no.such.feature', 1],
    ]);
    expect([bad.errorCode, bad.results]).toEqual([INVALID, undefined]);
    expect(controller.image.features.get(ELR)).toBe(1);
  });

  test('and writes nothing when it is only to validate', () => {
    const controller = new Controller();
    const before = controller.log.length;
    expect(update(controller, [[ELR, 0, SAFE]], true).errorCode).toBe(NONE);
    expect(update(controller, [[ELR, 0, UPGRADE]], true).errorCode).toBe(INVALID);
    expect(controller.log).toHaveLength(before);
  });
});

test('a feature is off at level 0, and no longer finalized', () => {
  const controller = new Controller();
  update(controller, [[ELR, 0, SAFE]]);
  expect(controller.image.features.has(ELR)).toBe(false);
  update(controller, [[ELR, 1]]);
  expect(controller.image.features.get(ELR)).toBe(1);
});

test('with eligible leader replicas the minimum ISR is the cluster’s alone', () => {
  const controller = new Controller({ 'min.insync.replicas': '2' });
  const { broker } = ConfigResourceType;
  const minimum = (name: string): string | undefined =>
    controller.image.configs.of(broker, name).get('min.insync.replicas');
  update(controller, [[ELR, 0, SAFE]]);
  // Without the feature the minimum may be a matter of each broker.
  controller.alter(broker, '', 'min.insync.replicas', 1, null);
  controller.alter(broker, '1', 'min.insync.replicas', 0, '3');
  expect([minimum(''), minimum('1')]).toEqual([undefined, '3']);
  update(controller, [[ELR, 1]]);
  expect([minimum(''), minimum('1')]).toEqual(['2', undefined]);
});

test('metadata versions that brought no records can be left again', () => {
  expect(isMetadataChanged(29, 24)).toBe(false);
  expect(isMetadataChanged(30, 29)).toBe(true);
  expect(isMetadataChanged(24, 22)).toBe(true);
});
