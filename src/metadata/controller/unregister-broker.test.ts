import { expect, test } from '@jest/globals';
import { ErrorCode } from '../../wire/index.ts';
import { assigned, Controller } from './controller-fixture.ts';

test('a broker that is unregistered leads nothing, and is known to nobody', () => {
  const controller = new Controller({}, [1, 2]);
  controller.create({ name: 'orders', assignments: assigned([2, 1]) }, { name: 'alone', assignments: assigned([2]) });
  expect(controller.ask('unregisterBroker', { brokerId: 2 }).errorCode).toBe(ErrorCode.NONE);
  expect([...controller.image.brokers.keys()]).toEqual([1]);
  expect(controller.partition('orders')).toMatchObject({ leader: 1, isr: [1], replicas: [2, 1] });
  expect(controller.partition('alone')).toMatchObject({ leader: -1, isr: [], eligibleLeaderReplicas: [2] });
  expect(controller.ask('unregisterBroker', { brokerId: 2 }).errorCode).toBe(ErrorCode.BROKER_ID_NOT_REGISTERED);
});

test('it may come back, with what it has', () => {
  const controller = new Controller();
  controller.create({ name: 'orders' });
  controller.ask('unregisterBroker', { brokerId: 1 });
  expect(controller.heartbeat(1, 'in')).toBe(ErrorCode.BROKER_ID_NOT_REGISTERED);
  controller.join(1);
  expect(controller.partition('orders')).toMatchObject({ leader: 1, isr: [1], eligibleLeaderReplicas: [] });
});
