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
  const own = valueOf(definition, overrides.get(definition.name) ?? null);
  if (own !== null) return own;
  return synonym === undefined ? valueOf(definition, definition.defaultValue) : broker.get(synonym);
}

function valueOf(definition: ConfigDefinition, text: string | null): ConfigValue {
  const parsed = text === null ? undefined : definition.parse(text);
  return parsed === undefined || 'message' in parsed ? null : parsed.value;
}
