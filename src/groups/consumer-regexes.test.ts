import { expect, test } from '@jest/globals';
import { MINUTE, SimulatedGroups } from './simulated-groups.check.ts';

function withTopics(...names: string[]): SimulatedGroups {
  const groups = new SimulatedGroups();
  for (const name of names) groups.topics.set(name, 1);
  return groups;
}

test('topics that match are looked up beside the heartbeat, and assigned with the next', () => {
  const groups = withTopics('orders-eu', 'orders-us', 'payments', 'my-orders-eu');
  expect(groups.assigned(groups.beat({ regex: 'orders-.*' }))).toEqual({});
  groups.advance(0);
  expect(groups.assigned(groups.beat({ epoch: 1 }))).toEqual({ 'orders-eu': [0], 'orders-us': [0] });
  expect(groups.consumerGroup().members).toMatchObject([
    { subscribedTopicRegex: 'orders-.*', subscribedTopicNames: [] },
  ]);
});

test('an expression that is none is refused with what is wrong with it', () => {
  const groups = withTopics();
  expect(groups.beat({ regex: '(' })).toMatchObject({
    errorCode: 128,
    errorMessage: 'SubscribedTopicRegex `(` is not a valid regular expression: missing closing ).',
  });
  expect(groups.log).toEqual([]);
});

test('new topics are looked at with a heartbeat, ten seconds after the last look at the earliest', () => {
  const groups = withTopics('orders-eu');
  groups.beat({ regex: 'orders-.*' });
  groups.advance(0);
  groups.beat({ epoch: 1 });
  groups.topics.set('orders-us', 1);
  groups.beat({ epoch: 2 });
  groups.advance(0);
  expect(groups.assigned(groups.beat({ epoch: 2 }))).toBeUndefined();
  groups.advance(10_001);
  groups.beat({ epoch: 2 });
  groups.advance(0);
  expect(groups.assigned(groups.beat({ epoch: 2 }))).toEqual({ 'orders-eu': [0], 'orders-us': [0] });
});

test('what matches is looked up again now and then, whatever happens', () => {
  const groups = withTopics('orders-eu');
  groups.beat({ regex: 'orders-.*' });
  groups.advance(0);
  groups.beat({ epoch: 1 });
  const written = groups.log.length;
  for (let i = 0; i < 21; i++) {
    groups.advance(MINUTE / 2);
    groups.beat({ epoch: 2 });
  }
  groups.advance(0);
  expect(groups.log.slice(written)).toMatchObject([{ type: 'consumerGroupRegex', value: { topics: ['orders-eu'] } }]);
});

test('an expression goes with the last member that has it', () => {
  const groups = withTopics('orders-eu');
  groups.beat({ regex: 'orders-.*' });
  groups.advance(0);
  groups.beat({ memberId: 'b', topics: ['orders-eu'] });
  groups.beat({ epoch: -1 });
  expect([...(groups.hard.groups.get('orders-readers')?.consumer?.regexes.keys() ?? [])]).toEqual([]);
  expect(groups.hard).toEqual(groups.replayed());
});

test('however an expression is made, matching takes no longer', () => {
  const groups = withTopics('a'.repeat(200));
  groups.beat({ regex: '(a*)*b' });
  groups.advance(0);
  expect(groups.assigned(groups.beat({ epoch: 1 }))).toEqual(undefined);
});

test('after a restart the expressions are known, and what they matched', () => {
  const groups = withTopics('orders-eu');
  groups.beat({ regex: 'orders-.*' });
  groups.advance(0);
  groups.beat({ epoch: 1 });
  groups.moveCoordinator();
  expect(groups.beat({ epoch: 2 })).toMatchObject({ errorCode: 0, memberEpoch: 2, assignment: null });
});
