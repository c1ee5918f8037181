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
import { isMetricsConfig, readMetricsSettings, type MetricsSettings } from './metrics/index.ts';

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
  readonly metrics: MetricsSettings;
  /** What their owner should know: names that nobody knows, or that are not obeyed yet. */
  readonly notes: readonly string[];
}

const INTER_BROKER = 'inter.broker.listener.name';

/** Kafka's numbers of security protocols. */
const SECURITY_PROTOCOL_ID = { PLAINTEXT: 0, SSL: 1, SASL_PLAINTEXT: 2, SASL_SSL: 3 } as const;

/**
 * Makes a broker's config of what was given, over what a single node starts with. Throws UnusableConfigError.
 * @param wildcardHost what clients are told where a listener is open on all interfaces and nothing is advertised
 */
export function settle(given: Properties, { wildcardHost }: { readonly wildcardHost: string }): Settled {
  const { settings: metrics, problems: unreadable } = readMetricsSettings(given);
  if (unreadable.length > 0) throw new UnusableConfigError(unreadable);
  const ofKafka = new Map([...given].filter(([name]) => !isMetricsConfig(name)));
  const { config, problems, unknown } = BrokerConfig.from(mergeProperties(standaloneProperties, ofKafka));
  // A listener that is not served is what is wrong, not that brokers have none to reach each other by.
  if (problems.some(({ name }) => name !== INTER_BROKER)) throw new UnusableConfigError(problems);
  const { listeners, problems: wrong } = readListeners(config);
  const unserved = [...unservedListeners(listeners), ...unservedRoles(config)];
  if (unserved.length > 0) throw new UnusableConfigError(unserved);
  if (wrong.length > 0) throw new UnusableConfigError(wrong);
  const ignored = unobeyed(given);
  const notes = unknown.map(unknownConfigMessage);
  if (ignored.length > 0) notes.push(`these configs are not obeyed yet: ${ignored.join(', ')}`);
  return { config, listeners: plan(listeners, wildcardHost), metrics, notes };
}

/** What is wrong with being a part of a cluster of several nodes: it would be alone, and its owner believe otherwise. */
function unservedRoles(config: BrokerConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const roles = config.isSet('process.roles') ? config.get('process.roles') : [];
  if (roles.length === 1) {
    const message = `process.roles is ${roles.join()}: this broker is its own controller; set broker,controller, or leave it out`;
    problems.push({ name: 'process.roles', message });
  }
  const voters = config.isSet('controller.quorum.voters') ? config.get('controller.quorum.voters') : [];
  if (voters.length > 1) {
    const message = `controller.quorum.voters names ${voters.length} controllers, and clusters of several nodes are not served yet: name this node only`;
    problems.push({ name: 'controller.quorum.voters', message });
  }
  return problems;
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
