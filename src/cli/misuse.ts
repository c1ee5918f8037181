import type { Command } from 'commander';

const MISUSED = 2;

/** Flags and commands that are not there are told in our words, and end with the exit code of all that was not said right. */
export function misuseIsOurs(command: Command): void {
  command.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'ottla: ')) });
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : MISUSED));
  for (const each of command.commands) misuseIsOurs(each);
}
