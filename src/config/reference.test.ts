import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  BrokerConfig,
  describeBroker,
  describeClientMetrics,
  describeClusterDefaults,
  describeGroup,
  describeTopic,
  validateBrokerConfigs,
  validateClientMetricsConfigs,
  validateGroupConfigs,
  validateTopicConfigs,
  type AlterationProblem,
  type DescribedConfig,
  type Properties,
} from './index.ts';

/** Steps taken with Apache Kafka 4.3.0 and its answers; made by compat-tests/config/run --write. */
interface Scenario {
  readonly properties: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
interface Step {
  readonly create?: string;
  readonly alter?: string;
  readonly validate?: string;
  readonly describe?: string;
  readonly only?: readonly string[];
  readonly keep?: boolean;
  readonly set?: Readonly<Record<string, string>>;
  readonly error: number;
  readonly entries?: readonly unknown[];
}

const reference = JSON.parse(readFileSync(new URL('./reference-4.3.json', import.meta.url), 'utf8')) as Record<
  string,
  Scenario
>;

/** What the script that starts the reference writes into its server.properties. */
const launched = new Map([
  ['process.roles', 'broker,controller'],
  ['node.id', '1'],
  ['controller.quorum.voters', '1@127.0.0.1:0'],
  ['listeners', 'PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0'],
  ['advertised.listeners', 'PLAINTEXT://127.0.0.1:0'],
  ['controller.listener.names', 'CONTROLLER'],
  ['listener.security.protocol.map', 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT'],
  ['log.dirs', '/data'],
  ['offsets.topic.replication.factor', '1'],
  ['transaction.state.log.replication.factor', '1'],
  ['transaction.state.log.min.isr', '1'],
  ['share.coordinator.state.topic.replication.factor', '1'],
  ['share.coordinator.state.topic.min.isr', '1'],
  ['group.initial.rebalance.delay.ms', '0'],
]);

const errors = { INVALID_CONFIG: 40, INVALID_REQUEST: 42 };

/** As little of a cluster as has configs. */
class Configs {
  private readonly start: BrokerConfig;
  // What formatting a cluster with eligible leader replicas leaves behind.
  private readonly resources = new Map<string, Properties>([['broker:', new Map([['min.insync.replicas', '1']])]]);

  constructor(properties: Properties) {
    // Java drops the blanks before a value when it reads the file.
    const trimmed = [...properties].map(([name, value]): [string, string] => [name, value.trimStart()]);
    this.start = BrokerConfig.from(new Map([...launched, ...trimmed])).config;
  }

  private get broker(): BrokerConfig {
    return this.start.with({ clusterDefaults: this.overrides('broker:'), brokerOverrides: this.overrides('broker:1') });
  }

  private overrides(resource: string): Properties {
    return this.resources.get(resource) ?? new Map();
  }

  /** Returns the error code. */
  change(resource: string, set: Properties, validateOnly: boolean): number {
    const existing = this.overrides(resource);
    const next = new Map([...existing, ...set]);
    const problem = this.problems(resource, next, existing)[0];
    if (problem !== undefined) return errors[problem.error];
    if (!validateOnly) this.resources.set(resource, next);
    return 0;
  }

  private problems(resource: string, next: Properties, existing: Properties): AlterationProblem[] {
    if (resource.startsWith('topic:')) return validateTopicConfigs(next, this.broker, existing);
    if (resource.startsWith('group:')) return validateGroupConfigs(next, this.broker);
    if (resource.startsWith('client-metrics:')) return validateClientMetricsConfigs(next);
    return validateBrokerConfigs(next, resource === 'broker:' ? 'cluster' : 'broker', this.broker);
  }

  describe(resource: string): DescribedConfig[] {
    const overrides = this.overrides(resource);
    if (resource.startsWith('topic:')) return describeTopic(this.broker, overrides);
    if (resource.startsWith('group:')) return describeGroup(this.broker, overrides);
    if (resource.startsWith('client-metrics:')) return describeClientMetrics(overrides);
    return resource === 'broker:' ? describeClusterDefaults(overrides) : describeBroker(this.broker);
  }
}

function row(entry: DescribedConfig): unknown[] {
  const synonyms = entry.synonyms.map((each) => [each.name, each.value, each.source]);
  const { name, value, readOnly, isSensitive, configSource, configType } = entry;
  return [name, value, readOnly, isSensitive, configSource, configType, synonyms];
}

const given = (properties: Readonly<Record<string, string>> = {}): Properties => new Map(Object.entries(properties));

describe.each(Object.entries(reference))('configs are what Apache Kafka 4.3.0 says (%s)', (_, scenario) => {
  const configs = new Configs(given(scenario.properties));

  // Topics and brokers that are not there are for the handler to tell.
  const steps = scenario.steps.filter((step) => step.describe === undefined || step.error === 0);
  const titled = steps.map((step, index): [string, Step] => {
    const { entries: __, ...rest } = step;
    return [`${index + 1} ${JSON.stringify(rest)}`, step];
  });

  test.each(titled)('%s', (__, step) => {
    if (step.describe !== undefined) {
      const entries = configs.describe(step.describe).filter((each) => step.only?.includes(each.name) ?? true);
      expect(entries.map(row)).toEqual(step.entries);
      expect(entries.filter((each) => each.configType !== 0).every((each) => each.documentation !== '')).toBe(true);
      return;
    }
    const resource = step.create === undefined ? (step.alter ?? step.validate ?? '') : `topic:${step.create}`;
    const validateOnly = step.keep !== true && step.alter === undefined;
    expect(configs.change(resource, given(step.set), validateOnly)).toBe(step.error);
  });
});
