/** Whether the broker serves all that it has. */
export interface Health {
  readonly status: 'serving' | 'failing';
  /** One sentence for each thing that is wrong. */
  readonly reasons: readonly string[];
}

export interface HealthSources {
  /** Paths of log directories that cannot be used. */
  readonly offlineDirectories: () => readonly string[];
  /** Why the broker cannot go on, if it cannot. */
  readonly lost: () => Error | undefined;
  readonly isShuttingDown: () => boolean;
}

export function health({ offlineDirectories, lost, isShuttingDown }: HealthSources): Health {
  const failure = lost();
  const reasons = [
    ...(isShuttingDown() ? ['the broker is shutting down'] : []),
    ...(failure === undefined ? [] : [`the broker cannot go on: ${failure.message}`]),
    ...offlineDirectories().map((path) => `log directory ${path} is offline`),
  ];
  return { status: reasons.length === 0 ? 'serving' : 'failing', reasons };
}
