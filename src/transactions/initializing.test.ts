import { describe, expect, test } from '@jest/globals';
import { HOUR, ID, MINUTE, SimulatedTransactions } from './simulated-transactions.check.ts';

const NONE = { errorCode: 0 };
const FENCED = { errorCode: 90, producerId: -1, producerEpoch: -1 };
const CONCURRENT = { errorCode: 51, producerId: -1, producerEpoch: -1 };

/** A producer whose next epoch is the given one. */
function atEpoch(transactions: SimulatedTransactions, producerEpoch: number): void {
  const { producerId } = transactions.init();
  const present = transactions.transaction();
  transactions.hard.byId.set(ID, { ...present, producerId, producerEpoch });
}

describe('a producer with a transactional id', () => {
  test('gets a producer id of its own, and an epoch above that of whoever had the name before', () => {
    const transactions = new SimulatedTransactions();
    expect(transactions.init()).toEqual({ ...NONE, producerId: 1_000, producerEpoch: 0 });
    expect(transactions.init()).toEqual({ ...NONE, producerId: 1_000, producerEpoch: 1 });
    expect(transactions.init({ transactionalId: 'other' })).toEqual({ ...NONE, producerId: 1_001, producerEpoch: 0 });
  });

  test('may not ask for a longer timeout than there is, nor for none, nor have no name', () => {
    const transactions = new SimulatedTransactions();
    for (const timeoutMs of [15 * MINUTE + 1, 0, -1])
      expect(transactions.init({ timeoutMs })).toMatchObject({ errorCode: 50 });
    expect(transactions.init({ transactionalId: '' })).toMatchObject({ errorCode: 42 });
    expect(transactions.init({ timeoutMs: 15 * MINUTE })).toMatchObject(NONE);
    expect(transactions.transaction().timeoutMs).toBe(15 * MINUTE);
  });

  test('waits until the transaction that its name has open is aborted', () => {
    const transactions = new SimulatedTransactions();
    const former = transactions.init();
    transactions.add(former, 'orders-0');
    expect(transactions.init()).toEqual(CONCURRENT);
    expect(transactions.init()).toEqual(CONCURRENT);
    expect(transactions.decided).toMatchObject([{ transactionalId: ID, isCommit: false, producerEpoch: 1 }]);
    expect(transactions.end(former, true).errorCode).toBe(48);
    transactions.markAll();
    expect(transactions.init()).toEqual({ ...NONE, producerId: former.producerId, producerEpoch: 2 });
    expect(transactions.end(former, true)).toEqual(FENCED);
  });

  test('goes on under another producer id when its epochs are used up', () => {
    const transactions = new SimulatedTransactions();
    atEpoch(transactions, 32_765);
    expect(transactions.init()).toMatchObject({ producerId: 1_000, producerEpoch: 32_766 });
    expect(transactions.init()).toEqual({ ...NONE, producerId: 1_001, producerEpoch: 0 });
  });

  test('that is fenced off at the last epoch leaves the name to another producer id', () => {
    const transactions = new SimulatedTransactions();
    atEpoch(transactions, 32_766);
    transactions.add({ producerId: 1_000, producerEpoch: 32_766 }, 'orders-0');
    expect(transactions.init()).toEqual(CONCURRENT);
    expect(transactions.decided).toMatchObject([{ producerId: 1_000, producerEpoch: 32_767 }]);
    transactions.markAll();
    expect(transactions.init()).toEqual({ ...NONE, producerId: 1_001, producerEpoch: 0 });
  });
});

describe('a producer that says who it is (KIP-360)', () => {
  test('gets the next epoch, and the same again when it asks again', () => {
    const transactions = new SimulatedTransactions();
    const { producerId } = transactions.init();
    const expected = { producerId, producerEpoch: 0 };
    expect(transactions.init({ expected })).toEqual({ ...NONE, producerId, producerEpoch: 1 });
    expect(transactions.init({ expected })).toEqual({ ...NONE, producerId, producerEpoch: 1 });
  });

  test('is fenced when another has taken over', () => {
    const transactions = new SimulatedTransactions();
    const { producerId } = transactions.init();
    transactions.init();
    expect(transactions.init({ expected: { producerId, producerEpoch: 0 } })).toEqual(FENCED);
    expect(transactions.init({ expected: { producerId: 77, producerEpoch: 1 } })).toEqual(FENCED);
  });

  test('is recognised by its former id when that was used up', () => {
    const transactions = new SimulatedTransactions();
    atEpoch(transactions, 32_766);
    const expected = { producerId: 1_000, producerEpoch: 32_766 };
    expect(transactions.init({ expected })).toEqual({ ...NONE, producerId: 1_001, producerEpoch: 0 });
    expect(transactions.init({ expected })).toEqual({ ...NONE, producerId: 1_001, producerEpoch: 0 });
  });

  test('may be one whose name was forgotten', () => {
    const transactions = new SimulatedTransactions();
    const expected = { producerId: 77, producerEpoch: 5 };
    expect(transactions.init({ expected })).toEqual({ ...NONE, producerId: 1_000, producerEpoch: 0 });
  });

  test('is told from others by the log alone when the coordinator has moved', () => {
    const transactions = new SimulatedTransactions();
    const { producerId } = transactions.init();
    transactions.init({ expected: { producerId, producerEpoch: 0 } });
    transactions.moveCoordinator();
    expect(transactions.init({ expected: { producerId, producerEpoch: 1 } })).toMatchObject({ producerEpoch: 2 });
    transactions.moveCoordinator();
    transactions.advance(HOUR);
    expect(transactions.init({ expected: { producerId, producerEpoch: 0 } })).toEqual(FENCED);
  });
});
