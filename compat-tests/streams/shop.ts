import type { Message } from 'kafkajs';

/** What goes in: an order is paid within ten minutes, later than that, or never. */
export interface Input {
  readonly customers: Message[];
  readonly orders: Message[];
  readonly payments: Message[];
}

/** What comes out at the end: every paid order, and the last word on each key. Sums are "count total". */
export interface Results {
  /** order -> "customer amount payment". */
  readonly paid: ReadonlyMap<string, string>;
  /** customer -> sums. */
  readonly balances: ReadonlyMap<string, string>;
  /** "region@minute" -> sums. */
  readonly turnover: ReadonlyMap<string, string>;
}

const customerCount = 200;
const regions = ['north', 'east', 'south', 'west', 'abroad'];
/** Yesterday: retention goes by the times of records, and what is older would be deleted on the way. */
const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 24 * 3_600_000;
const msBetweenOrders = 400;
const joinMs = 10 * 60_000;

const regionOf = (customer: number): string => regions[customer % regions.length] ?? '';

/** Delays of payments: most in time, some at the border, some too late; none at all for every eleventh order. */
function delayOf(order: number): number | undefined {
  if (order % 11 === 0) return undefined;
  if (order % 17 === 0) return order % 2 === 0 ? joinMs : joinMs + 1;
  return (order * 7919) % 90_000;
}

const facts = (order: number) => ({
  customer: (order * 31) % customerCount,
  amount: 1 + ((order * 53) % 500),
  orderedMs: startMs + order * msBetweenOrders,
  delayMs: delayOf(order),
});

export function input(orderCount: number): Input {
  const numbers = Array.from({ length: orderCount }, (_, order) => order);
  return {
    customers: Array.from({ length: customerCount }, (_, customer) => ({
      key: `c${customer}`,
      value: regionOf(customer),
      timestamp: `${startMs - 3_600_000}`,
    })),
    orders: numbers.map((order) => {
      const { customer, amount, orderedMs } = facts(order);
      return { key: `o${order}`, value: `c${customer} ${amount}`, timestamp: `${orderedMs}` };
    }),
    payments: numbers
      .flatMap((order) => {
        const { orderedMs, delayMs } = facts(order);
        return delayMs === undefined ? [] : [{ order, atMs: orderedMs + delayMs }];
      })
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ order, atMs }) => ({ key: `o${order}`, value: `p${order}`, timestamp: `${atMs}` })),
  };
}

/** The same, computed without Kafka. */
export function expected(orderCount: number): Results {
  const paid = new Map<string, string>();
  const balances = new Map<string, string>();
  const turnover = new Map<string, string>();
  const add = (sums: Map<string, string>, key: string, amount: number): void => {
    const [count = 0, total = 0] = (sums.get(key) ?? '0 0').split(' ').map(Number);
    sums.set(key, `${count + 1} ${total + amount}`);
  };
  for (let order = 0; order < orderCount; order++) {
    const { customer, amount, orderedMs, delayMs } = facts(order);
    if (delayMs === undefined || delayMs > joinMs) continue;
    // What was joined has the later of both times.
    const minute = new Date(Math.floor((orderedMs + delayMs) / 60_000) * 60_000).toISOString().replace('.000Z', 'Z');
    paid.set(`o${order}`, `c${customer} ${amount} p${order}`);
    add(balances, `c${customer}`, amount);
    add(turnover, `${regionOf(customer)}@${minute}`, amount);
  }
  return { paid, balances, turnover };
}
