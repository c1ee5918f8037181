import { describe, expect, test } from '@jest/globals';
import { SeededRandom, silentLogger, SimulatedClock } from '../base/index.ts';
import type { Log, LogEntry } from './log.ts';
import type { Machine } from './machine.ts';
import { CoordinatorLoadInProgressError, NotCoordinatorError, Shard } from './shard.ts';

/** A till: money is paid in and out, and a guest may wait for the till to hold enough. */
interface Till {
  balance: number;
  payments: number[];
}
interface Guests {
  waiting: { ticket: number; wants: number; until: number }[];
}
type Request =
  | { readonly ask: 'pay'; readonly amount: number }
  | { readonly ask: 'balance' }
  | { readonly ask: 'wait'; readonly wants: number; readonly patienceMs: number }
  | { readonly ask: 'pay each' | 'pay in one go'; readonly amounts: readonly number[] }
  | { readonly ask: 'stumble' };
type Payment = { readonly amount: number };

function nextWake({ waiting }: Guests): number {
  return Math.min(Infinity, ...waiting.map(({ until }) => until));
}

const till: Machine<Till, Guests, Request, number, Payment> = {
  hard: () => ({ balance: 0, payments: [] }),
  soft: () => ({ waiting: [] }),
  handle(hard, soft, input, now) {
    if (input.kind === 'tick') {
      const late = soft.waiting.filter(({ until }) => until <= now);
      soft.waiting = soft.waiting.filter(({ until }) => until > now);
      return { replies: late.map(({ ticket }) => [ticket, -1] as const), wakeAt: nextWake(soft) };
    }
    const { ticket, request } = input;
    switch (request.ask) {
      case 'pay': {
        const balance = hard.balance + request.amount;
        const served = soft.waiting.filter(({ wants }) => wants <= balance);
        soft.waiting = soft.waiting.filter(({ wants }) => wants > balance);
        return {
          records: [{ amount: request.amount }],
          replies: [[ticket, balance], ...served.map((guest) => [guest.ticket, balance] as const)],
          wakeAt: nextWake(soft),
        };
      }
      case 'balance':
        return { replies: [[ticket, hard.balance]] };
      case 'wait':
        soft.waiting.push({ ticket, wants: request.wants, until: now + request.patienceMs });
        return { wakeAt: nextWake(soft) };
      case 'pay each':
      case 'pay in one go': {
        const [amount = 0, ...amounts] = request.amounts;
        const records = [{ amount }];
        if (amounts.length === 0) return { records, replies: [[ticket, hard.balance + amount]] };
        const rest = { kind: 'request', ticket, request: { ask: request.ask, amounts } } as const;
        return { records, rest, restComesNext: request.ask === 'pay in one go' };
      }
      case 'stumble':
        throw new Error('the clerk fell');
    }
  },
  replay(hard, { amount }) {
    hard.balance += amount;
    hard.payments.push(amount);
  },
};

class MemoryLog implements Log<Payment> {
  readonly payments: Payment[] = [];
  committed = 0;
  readonly listeners = new Set<(committedOffset: number) => void>();
  refuses = false;
  /** Takes fewer records than it was given. */
  loses = false;
  sliceSize = 2;

  endOffset(): number {
    return this.payments.length;
  }
  committedOffset(): number {
    return this.committed;
  }
  append(records: readonly Payment[]): number {
    if (this.refuses) throw new Error('no longer the leader');
    this.payments.push(...(this.loses ? records.slice(1) : records));
    return this.payments.length;
  }
  *read(): Generator<readonly LogEntry<Payment>[]> {
    for (let from = 0; from < this.payments.length; from += this.sliceSize)
      yield this.payments.slice(from, from + this.sliceSize).map((record, place) => ({
        at: { offset: from + place },
        record,
      }));
  }
  onCommitted(listener: (committedOffset: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  commit(upTo = this.payments.length): void {
    this.committed = upTo;
    for (const listener of [...this.listeners]) listener(upTo);
  }
}

type TillShard = Shard<Till, Guests, Request, number, Payment>;

function make(log: MemoryLog, clock = new SimulatedClock()): { shard: TillShard; failures: Error[] } {
  const failures: Error[] = [];
  const onFailed = (cause: Error): void => void failures.push(cause);
  return { shard: new Shard({ machine: till, log, clock, logger: silentLogger, name: 'till-0', onFailed }), failures };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);
}

describe('a reply', () => {
  test('waits until what was written before it is committed, even to one who only read', async () => {
    const log = new MemoryLog();
    const { shard } = make(log);
    await shard.load();
    const paid = shard.request({ ask: 'pay', amount: 5 });
    const read = shard.request({ ask: 'balance' });
    expect(await isSettled(paid)).toBe(false);
    expect(await isSettled(read)).toBe(false);
    log.commit();
    expect(await paid).toBe(5);
    expect(await read).toBe(5);
  });

  test('to a later request does not come before its own records are committed', async () => {
    const log = new MemoryLog();
    const { shard } = make(log);
    await shard.load();
    const first = shard.request({ ask: 'pay', amount: 1 });
    const second = shard.request({ ask: 'pay', amount: 1 });
    log.commit(1);
    expect(await first).toBe(1);
    expect(await isSettled(second)).toBe(false);
    log.commit(2);
    expect(await second).toBe(2);
  });

  test('may answer several who waited, at once', async () => {
    const log = new MemoryLog();
    const { shard } = make(log);
    await shard.load();
    const guests = [3, 4].map((wants) => shard.request({ ask: 'wait', wants, patienceMs: 1000 }));
    void shard.request({ ask: 'pay', amount: 4 });
    log.commit();
    expect(await Promise.all(guests)).toEqual([4, 4]);
  });

  test('comes at the moment the machine named, by the clock it is told', async () => {
    const clock = new SimulatedClock();
    const { shard } = make(new MemoryLog(), clock);
    await shard.load();
    const patient = shard.request({ ask: 'wait', wants: 1, patienceMs: 5000 });
    const hasty = shard.request({ ask: 'wait', wants: 1, patienceMs: 1000 });
    clock.advance(999);
    expect(await isSettled(hasty)).toBe(false);
    clock.advance(1);
    expect(await hasty).toBe(-1);
    expect(await isSettled(patient)).toBe(false);
    clock.advance(4000);
    expect(await patient).toBe(-1);
    expect(clock.untilNext()).toBeUndefined();
  });
});

describe('a shard that loads', () => {
  test('answers COORDINATOR_LOAD_IN_PROGRESS until it has read its log, a slice per turn', async () => {
    const log = new MemoryLog();
    log.append([1, 2, 3, 4, 5].map((amount) => ({ amount })));
    log.commit();
    const turns: (() => void)[] = [];
    const { shard } = make(log, new SimulatedClock(0, (then) => turns.push(then)));
    const loaded = shard.load();
    let slices = 0;
    while (!(await isSettled(loaded))) {
      await expect(shard.request({ ask: 'balance' })).rejects.toThrow(CoordinatorLoadInProgressError);
      slices++;
      turns.shift()?.();
    }
    await loaded;
    expect(slices).toBe(3);
    expect(await shard.request({ ask: 'balance' })).toBe(15);
  });

  test('counts what is not committed yet, and answers when it is', async () => {
    const log = new MemoryLog();
    log.append([{ amount: 1 }, { amount: 2 }]);
    log.commit(1);
    const { shard } = make(log);
    await shard.load();
    const read = shard.request({ ask: 'balance' });
    expect(await isSettled(read)).toBe(false);
    log.commit();
    expect(await read).toBe(3);
  });

  test('gives up when it is closed meanwhile', async () => {
    const log = new MemoryLog();
    log.append([1, 2, 3, 4, 5].map((amount) => ({ amount })));
    const { shard, failures } = make(log);
    const loaded = shard.load();
    shard.close();
    await expect(loaded).rejects.toThrow(NotCoordinatorError);
    await expect(shard.request({ ask: 'balance' })).rejects.toThrow(NotCoordinatorError);
    expect(failures).toEqual([]);
  });
});

describe('NOT_COORDINATOR is told to all who wait', () => {
  test('when the log refuses; the owner hears of it once', async () => {
    const log = new MemoryLog();
    const { shard, failures } = make(log);
    await shard.load();
    const parked = shard.request({ ask: 'pay', amount: 1 });
    const waiting = shard.request({ ask: 'wait', wants: 100, patienceMs: 1000 });
    log.refuses = true;
    const refused = shard.request({ ask: 'pay', amount: 2 });
    for (const reply of [parked, waiting, refused]) await expect(reply).rejects.toThrow(NotCoordinatorError);
    expect(failures.map(({ message }) => message)).toEqual(['no longer the leader']);
    expect(log.listeners.size).toBe(0);
  });

  test('when log and memory end at different offsets', async () => {
    const log = new MemoryLog();
    const { shard, failures } = make(log);
    await shard.load();
    log.loses = true;
    await expect(shard.request({ ask: 'pay', amount: 1 })).rejects.toThrow(NotCoordinatorError);
    expect(failures).toHaveLength(1);
  });

  test('when the machine throws', async () => {
    const { shard, failures } = make(new MemoryLog());
    await shard.load();
    await expect(shard.request({ ask: 'stumble' })).rejects.toThrow(NotCoordinatorError);
    expect(failures.map(({ message }) => message)).toEqual(['the clerk fell']);
  });

  test('when the coordinator moves; its owner need not be told, and no timer is left', async () => {
    const clock = new SimulatedClock();
    const { shard, failures } = make(new MemoryLog(), clock);
    await shard.load();
    const waiting = shard.request({ ask: 'wait', wants: 1, patienceMs: 1000 });
    shard.close();
    shard.close();
    await expect(waiting).rejects.toMatchObject({ code: 16 });
    expect(failures).toEqual([]);
    expect(clock.untilNext()).toBeUndefined();
  });
});

test('who asks while the log tells of a commit is served after the input at hand', async () => {
  const log = new MemoryLog();
  const { shard } = make(log);
  await shard.load();
  const inner: Promise<number>[] = [];
  log.onCommitted(() => {
    if (inner.length < 3) inner.push(shard.request({ ask: 'pay', amount: 10 }));
  });
  const append = log.append.bind(log);
  log.append = (records) => {
    const end = append(records);
    log.commit();
    return end;
  };
  expect(await shard.request({ ask: 'pay', amount: 1 })).toBe(1);
  expect(await Promise.all(inner)).toEqual([11, 21, 31]);
  expect(shard.hard.balance).toBe(31);
});

test('what takes several turns lets others in between, and is answered when all of it is committed', async () => {
  const log = new MemoryLog();
  const { shard } = make(log);
  await shard.load();
  const each = shard.request({ ask: 'pay each', amounts: [1, 2, 4] });
  const between = shard.request({ ask: 'pay', amount: 100 });
  expect(log.payments.map(({ amount }) => amount)).toEqual([1, 100]);
  log.commit();
  expect(await between).toBe(101);
  expect(await isSettled(each)).toBe(false);
  expect(log.payments.map(({ amount }) => amount)).toEqual([1, 100, 2, 4]);
  log.commit();
  expect(await each).toBe(107);
});

test('what takes several turns, and nobody in between, has those who ask meanwhile wait', async () => {
  const log = new MemoryLog();
  const { shard } = make(log);
  await shard.load();
  const inOneGo = shard.request({ ask: 'pay in one go', amounts: [1, 2, 4] });
  const after = [shard.request({ ask: 'pay', amount: 100 }), shard.request({ ask: 'pay', amount: 200 })];
  expect(log.payments.map(({ amount }) => amount)).toEqual([1]);
  expect(await isSettled(inOneGo)).toBe(false);
  expect(await isSettled(inOneGo)).toBe(false);
  expect(log.payments.map(({ amount }) => amount)).toEqual([1, 2, 4, 100, 200]);
  log.commit();
  expect(await Promise.all([inOneGo, ...after])).toEqual([7, 107, 307]);
});

test('what is not over when the coordinator moves goes no further', async () => {
  const log = new MemoryLog();
  const { shard } = make(log);
  await shard.load();
  const each = shard.request({ ask: 'pay each', amounts: [1, 2, 4] });
  shard.close();
  await expect(each).rejects.toThrow(NotCoordinatorError);
  expect(log.payments).toHaveLength(1);
});

test('the log alone rebuilds the till, whatever was asked of it and however often it failed', async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = new SeededRandom(seed);
    const clock = new SimulatedClock();
    const log = new MemoryLog();
    let { shard, failures } = make(log, clock);
    await shard.load();
    const replies: Promise<unknown>[] = [];
    for (let step = 0; step < 60; step++) {
      const roll = random.below(100);
      if (roll < 50) replies.push(shard.request({ ask: 'pay', amount: random.below(9) }).catch(() => 'failed'));
      else if (roll < 70) {
        const guest = { ask: 'wait', wants: random.below(500), patienceMs: random.below(3000) } as const;
        replies.push(shard.request(guest).catch(() => 'failed'));
      } else if (roll < 80) clock.advance(random.below(2000));
      else if (roll < 95) log.commit(log.committed + random.below(log.payments.length - log.committed + 1));
      else {
        log.refuses = true;
        await expect(shard.request({ ask: 'pay', amount: 1 })).rejects.toThrow(NotCoordinatorError);
        expect([seed, failures.length]).toEqual([seed, 1]);
        log.refuses = false;
        ({ shard, failures } = make(log, clock));
        await shard.load();
      }
      if (shard.hard.payments.length !== log.payments.length) throw new Error(`seed ${seed}: memory is not the log`);
    }
    expect([seed, shard.hard.payments]).toEqual([seed, log.payments.map(({ amount }) => amount)]);
    const { shard: again } = make(log, clock);
    await again.load();
    expect([seed, again.hard]).toEqual([seed, shard.hard]);
    // Nobody is left without an answer.
    log.commit();
    clock.advance(5000);
    await Promise.all(replies);
  }
});
