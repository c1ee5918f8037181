/** What is known of a connection, and told to handlers. */
export class ConnectionContext {
  readonly id: number;
  /** Name of the listener it came in by. */
  readonly listener: string;
  /** The client's address, without port. */
  readonly clientAddress: string;
  readonly principal: string;
  /** From ApiVersions v3 and newer (KIP-511). */
  clientSoftware: { readonly name: string; readonly version: string } = { name: 'unknown', version: 'unknown' };
  lastClientId: string | null = null;
  #onClosed = new Set<() => void>();

  constructor(facts: {
    readonly id: number;
    readonly listener: string;
    readonly clientAddress: string;
    readonly principal: string;
  }) {
    this.id = facts.id;
    this.listener = facts.listener;
    this.clientAddress = facts.clientAddress;
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
