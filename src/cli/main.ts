#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { logCommand } from './log.ts';
import { startCommand } from './start.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

await new Command('ottla')
  .description("Apache Kafka's little sister: a Kafka-wire-compatible broker")
  .version(version)
  .addCommand(startCommand())
  .addCommand(logCommand())
  .parseAsync();
