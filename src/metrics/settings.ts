/** Configs of our own: Apache Kafka shows its metrics through JMX and has no names for this. */

/** Where and how much is shown. */
export interface MetricsSettings {
  /** Undefined: nothing is shown, and nothing measured. */
  readonly listener: { readonly host: string; readonly port: number } | undefined;
  /** Whether each partition has series of its own. */
  readonly perPartition: boolean;
  /** How many series one metric has at most. */
  readonly maxSeries: number;
}

export const metricsConfigs = {
  /** `host:port`; `:port` for all interfaces; empty for none. */
  listener: 'ottla.metrics.listener',
  perPartition: 'ottla.metrics.per.partition',
  maxSeries: 'ottla.metrics.max.series',
} as const;

export const noMetrics: MetricsSettings = { listener: undefined, perPartition: true, maxSeries: 2_000 };

const NAMES: ReadonlySet<string> = new Set(Object.values(metricsConfigs));

export const isMetricsConfig = (name: string): boolean => NAMES.has(name);

/** Those among environment variables: `OTTLA_METRICS_LISTENER` is `ottla.metrics.listener`. */
export function metricsEnvironment(environment: Readonly<Record<string, string | undefined>>): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of NAMES) {
    const value = environment[name.replaceAll('.', '_').toUpperCase()];
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

/** Reads those among all configs; what cannot be understood is named in `problems` and stays as it is by default. */
export function readMetricsSettings(given: ReadonlyMap<string, string>): {
  readonly settings: MetricsSettings;
  readonly problems: { readonly name: string; readonly message: string }[];
} {
  const problems: { name: string; message: string }[] = [];
  const read = <T>(name: string, fallback: T, parse: (text: string) => T | undefined, wants: string): T => {
    const text = given.get(name)?.trim();
    if (text === undefined) return fallback;
    const value = parse(text);
    if (value === undefined) problems.push({ name, message: `${name} is ${text}: it must be ${wants}` });
    return value ?? fallback;
  };
  return {
    settings: {
      listener: read(
        metricsConfigs.listener,
        { ...noMetrics },
        (text) => {
          if (text === '') return { ...noMetrics };
          const listener = parseListener(text);
          return listener && { ...noMetrics, listener };
        },
        'host:port, :port for all interfaces, or empty for none',
      ).listener,
      perPartition: read(
        metricsConfigs.perPartition,
        noMetrics.perPartition,
        (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
        'true or false',
      ),
      maxSeries: read(
        metricsConfigs.maxSeries,
        noMetrics.maxSeries,
        (text) => (/^\d{1,6}$/.test(text) ? Number(text) : undefined),
        'a number from 0 to 999999',
      ),
    },
    problems,
  };
}

function parseListener(text: string): MetricsSettings['listener'] {
  const match = /^(?:\[([\da-fA-F:]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  return { host: match[1] ?? match[2] ?? '', port };
}
