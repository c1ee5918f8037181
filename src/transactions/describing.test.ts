import { describe, expect, test } from '@jest/globals';
import { ID, MINUTE, SimulatedTransactions } from './simulated-transactions.check.ts';

function list(
  transactions: SimulatedTransactions,
  filters: Partial<Parameters<typeof asked>[0]> = {},
): readonly string[] {
  const { transactionStates } = transactions.ask('listTransactions', asked(filters));
  return transactionStates.map(({ transactionalId, transactionState }) => `${transactionalId} ${transactionState}`);
}

const asked = ({
  stateFilters = [] as string[],
  producerIdFilters = [] as number[],
  durationFilter = -1,
  matches = (_: string): boolean => true,
}) => ({ stateFilters, producerIdFilters, durationFilter, matches });

describe('what an admin is told', () => {
  test('of one transaction', () => {
    const transactions = new SimulatedTransactions();
    const producer = transactions.init({ timeoutMs: MINUTE });
    const describeIt = () => transactions.ask('describeTransaction', { transactionalId: ID });
    expect(describeIt()).toMatchObject({ errorCode: 0, transactionState: 'Empty', transactionStartTimeMs: -1 });
    transactions.add(producer, 'orders-0 orders-1 payments-2');
    expect(describeIt()).toEqual({
      errorCode: 0,
      transactionalId: ID,
      transactionState: 'Ongoing',
      transactionTimeoutMs: MINUTE,
      transactionStartTimeMs: transactions.now,
      producerId: producer.producerId,
      producerEpoch: producer.producerEpoch,
      topics: [
        { topic: 'orders', partitions: [0, 1] },
        { topic: 'payments', partitions: [2] },
      ],
    });
  });

  test('of one that there is not', () => {
    const transactions = new SimulatedTransactions();
    const errorOf = (transactionalId: string) => transactions.ask('describeTransaction', { transactionalId }).errorCode;
    expect([errorOf('nobody'), errorOf('')]).toEqual([105, 42]);
  });

  test('of all, by state, producer, age and name', () => {
    const transactions = new SimulatedTransactions();
    const first = transactions.init({ transactionalId: 'first' });
    const second = { ...transactions.init({ transactionalId: 'second' }), transactionalId: 'second' };
    transactions.add(second, 'orders-0');
    transactions.advance(10);
    expect(list(transactions)).toEqual(['first Empty', 'second Ongoing']);
    expect(list(transactions, { stateFilters: ['Ongoing', 'Nonsense'] })).toEqual(['second Ongoing']);
    expect(list(transactions, { stateFilters: ['Nonsense'] })).toEqual([]);
    expect(list(transactions, { producerIdFilters: [first.producerId, 5] })).toEqual(['first Empty']);
    expect(list(transactions, { durationFilter: 9, stateFilters: ['Ongoing'] })).toEqual(['second Ongoing']);
    expect(list(transactions, { durationFilter: 10, stateFilters: ['Ongoing'] })).toEqual([]);
    expect(list(transactions, { matches: (name) => name.startsWith('f') })).toEqual(['first Empty']);
  });
});
