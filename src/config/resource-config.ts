import type { BrokerConfig, Properties } from './broker-config.ts';
import type { BrokerConfigName } from './broker-configs.ts';
import type { ConfigDefinition, ConfigValue } from './definition.ts';

/**
 * The value in effect for a topic or group: its own, the broker's under the synonym, or the default. An override that
 * cannot be understood does not count: what the metadata log holds may be newer than we are.
 */
export function resourceValue(
  definition: ConfigDefinition,
  overrides: Properties,
  broker: BrokerConfig,
  synonym: BrokerConfigName | undefined,
): ConfigValue {
  const text = overrides.get(definition.name);
  const own = text === undefined ? undefined : definition.parse(text);
  if (own !== undefined && !('message' in own)) return own.value;
  return synonym === undefined ? definition.initial.value : broker.get(synonym);
}
