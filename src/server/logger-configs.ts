import { LOG_LEVELS, ROOT_LOGGER, type LoggerLevel, type LogLevels } from '../base/index.ts';
import { configSource, type DescribedConfig } from '../config/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { IncrementalAlterConfigsRequest } from '../wire/messages/index.ts';

type Change = IncrementalAlterConfigsRequest['resources'][number]['configs'][number];

interface Refusal {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

const Operation = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

/** The loggers of this broker as configs: their names, and the levels in effect. */
export function describeLoggers(levels: LogLevels): DescribedConfig[] {
  return levels.names.map((name) => ({
    name,
    value: levels.level(name),
    readOnly: false,
    isSensitive: false,
    configSource: configSource.dynamicBrokerLogger,
    configType: 0,
    documentation: '',
    synonyms: [],
  }));
}

/**
 * Sets levels of loggers, or says why not: all of the changes or none. Levels are this broker's alone and last until it
 * stops (Kafka's RuntimeLoggerManager).
 */
export function alterLoggers(levels: LogLevels, changes: readonly Change[], validateOnly: boolean): Refusal {
  for (const change of changes) {
    const refusal = problemOf(levels, change);
    if (refusal !== undefined) return refusal;
  }
  if (!validateOnly)
    for (const { name, configOperation, value } of changes) {
      if (configOperation === Operation.delete) levels.unset(name);
      else levels.set(name, value as LoggerLevel);
    }
  return { errorCode: ErrorCode.NONE, errorMessage: null };
}

function problemOf(levels: LogLevels, { name, configOperation, value }: Change): Refusal | undefined {
  const invalid = (errorMessage: string): Refusal => ({ errorCode: ErrorCode.INVALID_REQUEST, errorMessage });
  const unknown: Refusal = { errorCode: ErrorCode.INVALID_CONFIG, errorMessage: `there is no logger called ${name}` };
  switch (configOperation) {
    case Operation.set:
      if (!levels.names.includes(name)) return unknown;
      if ((LOG_LEVELS as readonly string[]).includes(value ?? '')) return undefined;
      return { errorCode: ErrorCode.INVALID_CONFIG, errorMessage: `a level is one of ${LOG_LEVELS.join(', ')}` };
    case Operation.delete:
      if (!levels.names.includes(name)) return unknown;
      return name === ROOT_LOGGER ? invalid('the root logger always has a level') : undefined;
    case Operation.append:
    case Operation.subtract:
      return invalid('a level is no list: nothing can be added or taken away');
    default:
      return { errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, errorMessage: null };
  }
}
