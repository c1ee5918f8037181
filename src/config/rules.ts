import type { BrokerConfig } from './broker-config.ts';
import type { BrokerConfigName } from './broker-configs.ts';
import { consumerAssignors } from './brokers-groups.ts';
import type { ConfigProblem } from './definition.ts';
import { groupBounds, groupTimings } from './group-bounds.ts';

/** What the configs of a broker must be to each other (KafkaConfig.validateValues, GroupCoordinatorConfig). */
export function brokenRules(config: BrokerConfig): ConfigProblem[] {
  return rules
    .filter((rule) => !rule.holds(config))
    .map((rule) => ({ name: rule.name, message: `${rule.name}: ${rule.claim}` }));
}

interface Rule {
  readonly name: BrokerConfigName;
  readonly claim: string;
  readonly holds: (config: BrokerConfig) => boolean;
}

const megabyte = 1 << 20;

const rules: readonly Rule[] = [
  {
    name: 'node.id',
    claim: 'broker.id must be the same where both are set',
    holds: (config) => !config.isSet('node.id') || config.plain('node.id') === config.plain('broker.id'),
  },
  { name: 'log.roll.ms', claim: 'it must be at least 1', holds: (config) => config.get('log.roll.ms') >= 1 },
  {
    name: 'log.roll.jitter.ms',
    claim: 'it must be at least 0',
    holds: (config) => config.get('log.roll.jitter.ms') >= 0,
  },
  {
    name: 'log.retention.ms',
    claim: 'it must be at least 1, or -1 to keep records for ever',
    holds: (config) => config.get('log.retention.ms') !== 0,
  },
  {
    name: 'log.cleaner.dedupe.buffer.size',
    claim: 'each of log.cleaner.threads needs more than 1 MiB of it',
    holds: (config) => config.get('log.cleaner.dedupe.buffer.size') > config.get('log.cleaner.threads') * megabyte,
  },
  {
    name: 'replica.fetch.wait.max.ms',
    claim: 'it must not be more than replica.socket.timeout.ms',
    holds: (config) => config.get('replica.fetch.wait.max.ms') <= config.get('replica.socket.timeout.ms'),
  },
  {
    name: 'replica.fetch.wait.max.ms',
    claim: 'it must not be more than replica.lag.time.max.ms',
    holds: (config) => config.get('replica.fetch.wait.max.ms') <= config.get('replica.lag.time.max.ms'),
  },
  {
    name: 'queued.max.request.bytes',
    claim: 'it must be at least socket.request.max.bytes, or none at all (-1)',
    holds: (config) => {
      const queued = config.get('queued.max.request.bytes');
      return queued <= 0 || queued >= config.get('socket.request.max.bytes');
    },
  },
  {
    name: 'max.connections.per.ip',
    claim: 'it can be 0 only with max.connections.per.ip.overrides',
    holds: (config) =>
      config.get('max.connections.per.ip') !== 0 || config.get('max.connections.per.ip.overrides') !== '',
  },
  {
    name: 'connection.failed.authentication.delay.ms',
    claim: 'it must be less than connections.max.idle.ms',
    holds: (config) =>
      config.get('connections.max.idle.ms') < 0 ||
      config.get('connection.failed.authentication.delay.ms') < config.get('connections.max.idle.ms'),
  },
  {
    name: 'cordoned.log.dirs',
    claim: 'it must be * alone, or some of log.dirs',
    holds: (config) => {
      const cordoned = config.get('cordoned.log.dirs');
      if (cordoned.length === 1 && cordoned[0] === '*') return true;
      return cordoned.every((each) => config.get('log.dirs').includes(each));
    },
  },
  {
    name: 'group.consumer.assignors',
    claim: 'each must be uniform or range, or the class of one in Apache Kafka',
    holds: (config) => config.get('group.consumer.assignors').every((name) => consumerAssignors.has(name)),
  },
  {
    name: 'group.share.assignors',
    claim: 'it must be exactly one',
    holds: (config) => config.get('group.share.assignors').length === 1,
  },
  ...groupBounds.map(({ name, min, max }): Rule => ({
    name: `group.${name}`,
    claim: min === undefined ? `it must be at most ${max}` : `it must lie between ${min} and ${max}`,
    holds: (config) => {
      const value = config.get(`group.${name}`);
      return (min === undefined || value >= config.get(min)) && value <= config.get(max);
    },
  })),
  ...groupTimings.map(({ session, heartbeat }): Rule => ({
    name: `group.${session}`,
    claim: `it must be more than group.${heartbeat}`,
    holds: (config) => config.get(`group.${session}`) > config.get(`group.${heartbeat}`),
  })),
];
