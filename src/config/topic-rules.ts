import type { BrokerConfig, Properties } from './broker-config.ts';
import type { ConfigProblem } from './definition.ts';
import { topicConfig, type TopicConfig } from './topic-config.ts';

/** What the configs of a topic must be to each other (LogConfig.validateTopicLogConfigValues). */
export function brokenTopicRules(overrides: Properties, broker: BrokerConfig, existing: Properties): ConfigProblem[] {
  const topic = topicConfig(broker, overrides);
  const problems: ConfigProblem[] = [];
  const [least, most] = [topic.get('min.compaction.lag.ms'), topic.get('max.compaction.lag.ms')];
  if (least > most) {
    const message = `min.compaction.lag.ms (${least}) must not be more than max.compaction.lag.ms (${most})`;
    problems.push({ name: 'min.compaction.lag.ms', message });
  }
  if (topic.get('remote.storage.enable')) problems.push(...tieredProblems(topic, broker));
  else if (topicConfig(broker, existing).get('remote.storage.enable') && !topic.get('remote.log.delete.on.disable')) {
    const message =
      'remote.storage.enable can be turned off only together with remote.log.delete.on.disable=true; ' +
      'to keep what is in tiered storage, set remote.log.copy.disable=true instead';
    problems.push({ name: 'remote.storage.enable', message });
  }
  return problems;
}

function tieredProblems(topic: TopicConfig, broker: BrokerConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (!broker.get('remote.log.storage.system.enable')) {
    const message = 'remote.storage.enable needs tiered storage, which is off: remote.log.storage.system.enable';
    problems.push({ name: 'remote.storage.enable', message });
  }
  const policy = topic.get('cleanup.policy');
  if (policy.includes('compact')) {
    const message = 'cleanup.policy cannot have compact with remote.storage.enable: it must be delete, or empty';
    problems.push({ name: 'cleanup.policy', message });
  }
  problems.push(
    ...localRetentionProblems(topic, 'local.retention.ms', 'retention.ms'),
    ...localRetentionProblems(topic, 'local.retention.bytes', 'retention.bytes'),
  );
  return problems;
}

/** Of tiered topics, less is kept here (`local`) than in all (`whole`); -2 means just as much, -1 no limit. */
function localRetentionProblems(
  topic: TopicConfig,
  local: 'local.retention.ms' | 'local.retention.bytes',
  whole: 'retention.ms' | 'retention.bytes',
): ConfigProblem[] {
  const [here, all] = [topic.get(local), topic.get(whole)];
  if (here === -2) return [];
  if (topic.get('remote.log.copy.disable') && here !== all) {
    const message = `${local} must be ${whole} (${all}) or -2 with remote.log.copy.disable, not ${here}`;
    return [{ name: local, message }];
  }
  if (all !== -1 && (here === -1 || here > all)) {
    return [{ name: local, message: `${local} (${here}) must not be more than ${whole} (${all})` }];
  }
  return [];
}
