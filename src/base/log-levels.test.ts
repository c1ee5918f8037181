import { expect, test } from '@jest/globals';
import { LogLevels } from './log-levels.ts';
import { RecordingLogger } from './logger.ts';

test('a logger says what its level lets through, the root deciding for those without one', () => {
  const sink = new RecordingLogger();
  const levels = new LogLevels(sink, ['network', 'storage']);
  const [network, storage] = [levels.logger('network'), levels.logger('storage')];
  const said = (): string[] => {
    for (const [name, logger] of [
      ['network', network],
      ['storage', storage],
    ] as const)
      for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level](`${name} ${level}`);
    return sink.lines.splice(0).map(({ message }) => message);
  };
  const all = ['debug', 'info', 'warn', 'error'];
  const of = (name: string, from: number): string[] => all.slice(from).map((level) => `${name} ${level}`);
  expect(said()).toEqual([...of('network', 1), ...of('storage', 1)]);
  levels.set('network', 'DEBUG');
  levels.set('root', 'ERROR');
  expect(said()).toEqual([...of('network', 0), ...of('storage', 3)]);
  levels.set('root', 'FATAL');
  levels.unset('network');
  expect(said()).toEqual([]);
  expect(levels.names.map((name) => levels.level(name))).toEqual(['FATAL', 'FATAL', 'FATAL']);
});
