import { createRequire } from 'node:module';
import { Command } from 'commander';
import { logCommand } from './log.ts';
import { misuseIsOurs } from './misuse.ts';
import { startCommand } from './start.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const program = new Command('ottla')
  .description("Apache Kafka's little sister: a Kafka-wire-compatible broker")
  .version(version)
  .addCommand(startCommand())
  .addCommand(logCommand());
misuseIsOurs(program);
// No `await`: this is built as a script.
void program.parseAsync();
