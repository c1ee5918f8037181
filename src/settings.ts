import { BrokerConfig, planListeners, type ConfigProblem, type ListenerPlan } from './config/index.ts';
import { SINGLE_NODE } from './single-node.ts';

/** The settings contradict each other or cannot be understood; one line per problem. */
export class UnusableConfigError extends Error {
  override name = 'UnusableConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ name, message }) => (message.startsWith(name) ? message : `${name}: ${message}`)).join('\n'));
    this.problems = problems;
  }
}

/** Settings that a broker can start with. */
export interface Settled {
  readonly config: BrokerConfig;
  readonly listeners: readonly ListenerPlan[];
  /** What their owner should know: names we don't know, or do not obey yet. */
  readonly notes: readonly string[];
}

/**
 * Makes a broker's config of what was given, over what a single node starts with. Throws UnusableConfigError.
 * @param wildcardHost what clients are told where a listener is open on all interfaces and nothing is advertised
 */
export function settle(
  given: ReadonlyMap<string, string>,
  { wildcardHost }: { readonly wildcardHost: string },
): Settled {
  const { config, problems, unknown } = BrokerConfig.from(new Map([...SINGLE_NODE, ...given]));
  const planned = planListeners(config, { wildcardHost });
  const all = [...problems, ...planned.problems];
  if (config.get('log.dirs').length > 1)
    all.push({ name: 'log.dirs', message: 'more than one folder is not served yet; give one' });
  if (all.length > 0) throw new UnusableConfigError(all);
  return { config, listeners: planned.listeners, notes: notes(given, unknown) };
}

function notes(given: ReadonlyMap<string, string>, unknown: readonly string[]): string[] {
  const out = unknown.map((name) => unknownConfig(name));
  const ignored = [...given.keys()].filter((name) => brokerConfigs.get(name)?.obeyed === false);
  if (ignored.length > 0) out.push(`not obeyed yet: ${ignored.sort().join(', ')}`);
  return out;
}
