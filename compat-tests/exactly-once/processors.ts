import { join } from 'node:path';
import { javaCommand, type Command } from '../program.ts';
import { compiledGo, compiledJava, confluentPython } from '../toolchain.ts';

/** A program that reads, processes and writes in transactions: address, topics, group, transactional id, size. */
export interface Processor {
  readonly name: string;
  /** How many inputs it gets; ten times as many in the long form. */
  readonly inputs: number;
  command(args: readonly string[]): Promise<Command>;
}

const here = import.meta.dirname;

/** By the name that `--client` takes. */
export const processors: Readonly<Record<string, Processor>> = {
  java: {
    name: 'kafka-clients 4.3.0',
    inputs: 32_000,
    command: async (args) => javaCommand(await compiledJava([join(here, 'Processor.java')]), 'Processor', args),
  },
  python: {
    name: 'confluent-kafka-python (librdkafka)',
    inputs: 8000,
    command: async (args) => ({
      command: (await confluentPython()).python,
      args: [join(here, 'processor.py'), ...args],
    }),
  },
  'franz-go': {
    name: 'franz-go',
    inputs: 8000,
    command: async (args) => ({ command: await compiledGo(join(here, 'go'), '.'), args }),
  },
};
