import type { Outcome, Ticket } from '../../coordinator/index.ts';
import type { MetadataRecord } from '../record.ts';
import type { ControllerReply } from './apis.ts';
import type { Decision, PartialDecision } from './context.ts';
import type { TopicsBeingCreated } from './create-topics.ts';

/**
 * So many records are written in one turn of the event loop. More take several turns, in which nobody else is heard, and are a
 * metadata transaction (KIP-868): seen by others, and after a crash, all or not at all.
 */
const RECORDS_IN_A_TURN = 600;

/** A CreateTopics request of which a part is decided. */
export interface TopicsLeft {
  readonly api: 'createNextTopics';
  readonly request: TopicsBeingCreated;
}

export type ControllerDecision = Decision<ControllerReply> | PartialDecision<TopicsBeingCreated>;

/** A decision, so many of whose records are written. */
export interface PartlyWritten {
  readonly decision: ControllerDecision;
  readonly written: number;
}

/** What is left of a decision that is being written. */
export interface PartLeft {
  readonly api: 'writeNextPart';
  readonly request: PartlyWritten;
}

type PartOutcome = Outcome<ControllerReply, MetadataRecord, PartLeft | TopicsLeft>;

/** What the controller does in this turn of a decision. */
export function partOf(ticket: Ticket, { decision, written }: PartlyWritten): PartOutcome {
  const { records: all } = decision;
  if (all.length <= RECORDS_IN_A_TURN) return { records: all, ...endOf(ticket, decision) };
  const end = written + RECORDS_IN_A_TURN;
  const records = all.slice(written, end);
  if (written === 0) records.unshift({ type: 'BeginTransactionRecord', value: { name: null } });
  if (end >= all.length)
    return { records: [...records, { type: 'EndTransactionRecord', value: {} }], ...endOf(ticket, decision) };
  const request = { api: 'writeNextPart', request: { decision, written: end } } as const;
  return { records, rest: { kind: 'request', ticket, request }, restComesNext: true };
}

function endOf(ticket: Ticket, decision: ControllerDecision): PartOutcome {
  if ('response' in decision) return { replies: [[ticket, decision.response]] };
  const request = { api: 'createNextTopics', request: decision.rest } as const;
  return { rest: { kind: 'request', ticket, request } };
}
