/** Why a connection ended: bounded, where the reason that is logged says it all. */
export type CloseCause = 'client' | 'refused' | 'idle' | 'shutdown';

/** Why a connection was never served. */
export type RejectCause = 'ip_limit' | 'backlog';

/** What there is to say of connections in sum: plain numbers, for whoever looks at them. */
export class ConnectionMetrics {
  /** By listener. */
  readonly accepted = new Map<string, number>();
  readonly closed: Record<CloseCause, number> = { client: 0, refused: 0, idle: 0, shutdown: 0 };
  readonly rejected: Record<RejectCause, number> = { ip_limit: 0, backlog: 0 };
  receivedBytes = 0;
  sentBytes = 0;

  opened(listener: string): void {
    this.accepted.set(listener, (this.accepted.get(listener) ?? 0) + 1);
  }
}
