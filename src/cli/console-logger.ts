import type { LogFields, Logger, LogLevel } from '../base/index.ts';

type Line = readonly [level: LogLevel, message: string, fields: LogFields];

/**
 * Logs to stderr: one JSON object per line, or readable text where a person looks on. The library behind it is loaded
 * with the first line, since a broker that has nothing to say should not pay for it at start.
 */
export function consoleLogger(): Logger {
  let write: ((line: Line) => void) | undefined;
  let waiting: Line[] | undefined;
  const log = (line: Line): void => {
    if (write !== undefined) return write(line);
    if (waiting !== undefined) return void waiting.push(line);
    waiting = [line];
    void openLog().then((opened) => {
      write = opened;
      for (const early of waiting ?? []) write(early);
    });
  };
  return {
    debug: (message, fields = {}) => log(['debug', message, fields]),
    info: (message, fields = {}) => log(['info', message, fields]),
    warn: (message, fields = {}) => log(['warn', message, fields]),
    error: (message, fields = {}) => log(['error', message, fields]),
  };
}

async function openLog(): Promise<(line: Line) => void> {
  if (process.stderr.isTTY)
    return ([level, message, fields]) =>
      void process.stderr.write(`${level.padEnd(5)} ${message}${readable(fields)}\n`);
  const { pino } = await import('pino');
  const logger = pino(
    { level: 'debug', base: null, errorKey: 'error', timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
  return ([level, message, fields]) => logger[level](fields, message);
}

function readable(fields: LogFields): string {
  const shown = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return shown
    .map(
      ([name, value]) => ` ${name}=${value instanceof Error ? (value.stack ?? value.message) : JSON.stringify(value)}`,
    )
    .join('');
}
