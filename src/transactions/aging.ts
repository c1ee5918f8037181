/** What time does to transactions: those out of time are aborted, ids that nobody uses are forgotten. */
import type { Step } from './step.ts';
import { fence } from './ending.ts';
import type { TransactionStatus } from './transaction.ts';

/** A transaction that may take forever: somebody outside decides on it (KIP-939). */
const NEVER_MS = 2 ** 31 - 1;

/** Does what is due. */
export function age(step: Step): void {
  const { soft, config, now } = step;
  if (now >= soft.nextTimeoutCheckMs) {
    abortTimedOut(step);
    soft.nextTimeoutCheckMs = now + config.abortTimedOutIntervalMs;
  }
  if (now >= soft.nextExpiryCheckMs) {
    removeExpired(step);
    soft.nextExpiryCheckMs = now + config.removeExpiredIntervalMs;
  }
}

/** When there is something to look for next; nothing grows old where there is nothing. */
export function nextCheckMs({ hard, soft, records }: Step): number {
  // Records of this step are yet to be replayed.
  const isChanging = records.length > 0;
  return Math.min(
    isChanging || hard.ongoing.size > 0 ? soft.nextTimeoutCheckMs : Infinity,
    isChanging || hard.byId.size > 0 ? soft.nextExpiryCheckMs : Infinity,
  );
}

function abortTimedOut(step: Step): void {
  for (const transactionalId of step.hard.ongoing) {
    const transaction = step.find(transactionalId);
    if (transaction === undefined || transaction.timeoutMs === NEVER_MS) continue;
    if (transaction.startMs + transaction.timeoutMs < step.now) fence(step, transactionalId, transaction);
  }
}

const MAY_EXPIRE: ReadonlySet<TransactionStatus> = new Set<TransactionStatus>([
  'Empty',
  'CompleteCommit',
  'CompleteAbort',
]);

function removeExpired(step: Step): void {
  const since = step.now - step.config.idExpirationMs;
  for (const [transactionalId, { status, lastUpdateMs }] of step.hard.byId) {
    if (!MAY_EXPIRE.has(status) || lastUpdateMs > since) continue;
    step.records.push({ transactionalId, transaction: null });
    step.soft.lastEpochs.delete(transactionalId);
  }
}
