import { clientMatch } from './checks.ts';
import { int, list } from './definition.ts';

/** Client metrics subscriptions (KIP-714). */
export const clientMetricsTable = {
  'interval.ms': int({
    default: 300000,
    min: 100,
    max: 3600000,
    obeyed: true,
    doc: 'How often a matching client pushes its metrics.',
  }),
  match: list({
    default: [],
    check: clientMatch,
    obeyed: true,
    doc: 'Which clients are meant, as name=pattern entries.',
  }),
  metrics: list({ default: [], obeyed: true, doc: 'Prefixes of the metrics asked for.' }),
};
