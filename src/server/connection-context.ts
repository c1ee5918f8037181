/** What is known of a connection, and told to handlers. */
export class ConnectionContext {
  readonly id: number;
  /** Name of the listener it came in by. */
  readonly listener: string;
  /** The client's address, without port. */
  readonly clientAddress: string;
  /** The client's port; 0 where the socket no longer knows it. */
  readonly clientPort: number;
  readonly principal: string;
  /** From ApiVersions v3 and newer (KIP-511). */
  clientSoftware: { readonly name: string; readonly version: string } = { name: 'unknown', version: 'unknown' };
  lastClientId: string | null = null;
  /** Set by a handler that is about to refuse its request: what came in behind it must not begin any more. */
  isRefused = false;
  #onClosed = new Set<() => void>();

  constructor(facts: {
    readonly id: number;
    readonly listener: string;
    readonly clientAddress: string;
    readonly clientPort?: number;
    readonly principal: string;
  }) {
    this.id = facts.id;
    this.listener = facts.listener;
    this.clientAddress = facts.clientAddress;
    this.clientPort = facts.clientPort ?? 0;
    this.principal = facts.principal;
  }

  /** Calls `then` when the client is gone. Returns how to take that back. */
  onClosed(then: () => void): () => void {
    this.#onClosed.add(then);
    return () => this.#onClosed.delete(then);
  }

  closed(): void {
    for (const then of this.#onClosed) then();
    this.#onClosed.clear();
  }
}
