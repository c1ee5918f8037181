import type { LogFields, Logger, LogLevel } from './logger.ts';

/** Kafka's levels, from the most talkative to the least (LogLevelConfig). */
export const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
export type LoggerLevel = (typeof LOG_LEVELS)[number];

/** The logger whose level counts for those without one of their own. */
export const ROOT_LOGGER = 'root';

/** From which of Kafka's levels on nothing is said any more; what we call debug is what it calls DEBUG. */
const loudness: Readonly<Record<LogLevel, number>> = {
  debug: LOG_LEVELS.indexOf('DEBUG'),
  info: LOG_LEVELS.indexOf('INFO'),
  warn: LOG_LEVELS.indexOf('WARN'),
  error: LOG_LEVELS.indexOf('ERROR'),
};

/** The named loggers of a broker over one place where lines go, each with a level that can change while it runs. */
export class LogLevels {
  readonly #sink: Logger;
  readonly #own = new Map<string, LoggerLevel>([[ROOT_LOGGER, 'INFO']]);
  readonly #names: readonly string[];

  /** @param names the loggers there are beside the root */
  constructor(sink: Logger, names: readonly string[]) {
    this.#sink = sink;
    this.#names = [ROOT_LOGGER, ...names];
  }

  /** All loggers, the root first. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** The level in effect. */
  level(name: string): LoggerLevel {
    return this.#own.get(name) ?? this.#own.get(ROOT_LOGGER) ?? 'INFO';
  }

  set(name: string, level: LoggerLevel): void {
    this.#own.set(name, level);
  }

  /** The root's level counts again. The root keeps its own. */
  unset(name: string): void {
    if (name !== ROOT_LOGGER) this.#own.delete(name);
  }

  /** The logger of that name: what its level leaves out goes nowhere. */
  logger(name: string): Logger {
    const log =
      (level: LogLevel) =>
      (message: string, fields?: LogFields): void => {
        if (loudness[level] >= LOG_LEVELS.indexOf(this.level(name))) this.#sink[level](message, fields);
      };
    return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  }
}
