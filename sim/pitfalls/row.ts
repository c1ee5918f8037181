import type { Stage } from './stage.ts';

/** A pitfall of Kafka-compatible brokers, and what shows that a broker has not fallen into it. */
export interface Row {
  /** `C-12`, or `probe` for those that were only ever a question. */
  readonly id: string;
  /** What a broker does, in an operator's words. */
  readonly what: string;
  /** Throws where the broker does not. */
  readonly run: (stage: Stage) => Promise<void>;
}

export const row = (id: string, what: string, run: Row['run']): Row => ({ id, what, run });

/** A part of a pitfall that is about something that is not served yet. */
export interface Waiting {
  readonly id: string;
  readonly what: string;
  /** What must be there first. */
  readonly for: 'KIP-848 groups' | 'share groups' | 'SASL' | 'quotas' | 'more brokers';
  /** The API by which one sees that it is there; quotas are obeyed from when clients have names, with SASL. */
  readonly api: number;
}
