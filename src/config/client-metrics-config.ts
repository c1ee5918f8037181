import type { Properties } from './broker-config.ts';
import { clientMetricsTable } from './client-metrics.ts';
import type { ConfigSpec, ConfigValue } from './definition.ts';

/** One subscription to clients' metrics (KIP-714). */
export interface ClientMetricsConfig {
  readonly intervalMs: number;
  /** Prefixes of the metrics wanted; `*` is all of them. */
  readonly metrics: readonly string[];
  /** All of these must match; none match every client. */
  readonly match: readonly ClientSelector[];
}

/** What a client must be: its attribute matches as a whole. */
export interface ClientSelector {
  readonly attribute: string;
  readonly pattern: RegExp;
}

/** A subscription's own values over the defaults. A value that cannot be understood does not count. */
export function clientMetricsConfig(overrides: Properties): ClientMetricsConfig {
  const patterns = new Map<string, RegExp>();
  for (const item of valueOf('match', clientMetricsTable.match, overrides)) {
    const [attribute = '', pattern = ''] = item.split('=').map((part) => part.trim());
    patterns.set(attribute, new RegExp(`^(?:${pattern})$`, 's'));
  }
  return {
    intervalMs: valueOf('interval.ms', clientMetricsTable['interval.ms'], overrides),
    metrics: valueOf('metrics', clientMetricsTable.metrics, overrides),
    match: [...patterns].map(([attribute, pattern]) => ({ attribute, pattern })),
  };
}

function valueOf<T extends ConfigValue>(name: string, spec: ConfigSpec<T>, overrides: Properties): T {
  const definition = spec.define(name);
  const text = overrides.get(name);
  const parsed = text === undefined ? undefined : definition.parse(text);
  // These configs have defaults, so there always is a value.
  return parsed === undefined || 'message' in parsed ? (definition.initial.value as T) : parsed.value;
}
