import {
  BrokerConfig,
  mergeProperties,
  readListeners,
  standaloneProperties,
  unknownConfigMessage,
  unobeyed,
  unservedListeners,
  type ConfigProblem,
  type Listeners,
  type Properties,
} from './config/index.ts';
import type { ListenerPlan } from './broker.ts';

/** The settings contradict each other or cannot be understood; one line per problem. */
export class UnusableConfigError extends Error {
  override name = 'UnusableConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ message }) => message).join('\n'));
    this.problems = problems;
  }
}

/** Settings that a broker can start with. */
export interface Settled {
  readonly config: BrokerConfig;
  readonly listeners: readonly ListenerPlan[];
  /** What their owner should know: names that nobody knows, or that are not obeyed yet. */
  readonly notes: readonly string[];
}

/** Kafka's numbers of security protocols. */
const SECURITY_PROTOCOL_ID = { PLAINTEXT: 0, SSL: 1, SASL_PLAINTEXT: 2, SASL_SSL: 3 } as const;

/**
 * Makes a broker's config of what was given, over what a single node starts with. Throws UnusableConfigError.
 * @param wildcardHost what clients are told where a listener is open on all interfaces and nothing is advertised
 */
export function settle(given: Properties, { wildcardHost }: { readonly wildcardHost: string }): Settled {
  const { config, problems, unknown } = BrokerConfig.from(mergeProperties(standaloneProperties, given));
  if (problems.length > 0) throw new UnusableConfigError(problems);
  const { listeners, problems: wrong } = readListeners(config);
  wrong.push(...unservedListeners(listeners));
  if (wrong.length > 0) throw new UnusableConfigError(wrong);
  const ignored = unobeyed(given);
  const notes = unknown.map(unknownConfigMessage);
  if (ignored.length > 0) notes.push(`these configs are not obeyed yet: ${ignored.join(', ')}`);
  return { config, listeners: plan(listeners, wildcardHost), notes };
}

function plan({ listeners, advertised }: Listeners, wildcardHost: string): ListenerPlan[] {
  return listeners.map(({ name, host, port, securityProtocol }) => {
    const told = advertised.find((each) => each.name === name);
    return {
      name,
      host,
      port,
      advertised:
        told === undefined ? undefined : { host: told.host === '' ? wildcardHost : told.host, port: told.port },
      securityProtocol: SECURITY_PROTOCOL_ID[securityProtocol],
    };
  });
}
