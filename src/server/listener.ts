import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Clock, Logger } from '../base/index.ts';
import type { BufferPool } from './buffer-pool.ts';
import { Connection, type ConnectionLimits } from './connection.ts';
import { ConnectionContext } from './connection-context.ts';
import { ConnectionMetrics } from './connection-metrics.ts';
import type { Pipeline } from './pipeline.ts';
import { LoopTurn } from './loop-turn.ts';
import { RequestMemory } from './request-memory.ts';

export interface ListenerAddress {
  readonly name: string;
  /** Empty: all interfaces. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/**
 * So many connections may wait in the system until the event loop comes round to them, whatever `socket.listen.backlog.size` says:
 * of 100 clients that came at once some were let in a second later with Apache Kafka's 50, whose acceptor is a thread of its own.
 */
const LEAST_BACKLOG = 511;

/** A listener that could not be opened: the address is taken, not ours, or not allowed. */
export class ListenError extends Error {
  override name = 'ListenError';
  readonly code: string;

  constructor(address: ListenerAddress, cause: NodeJS.ErrnoException) {
    const where = `${address.host === '' ? '*' : address.host}:${address.port}`;
    super(`listener ${address.name} cannot listen on ${where}: ${explainListenFailure(cause)}`, { cause });
    this.code = cause.code ?? 'EUNKNOWN';
  }
}

function explainListenFailure(cause: NodeJS.ErrnoException): string {
  switch (cause.code) {
    case 'EADDRINUSE':
      return 'the port is in use; stop the program that holds it or choose another port';
    case 'EACCES':
      return 'this user may not open the port; choose one above 1023';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'the host is no address of this machine';
    default:
      return cause.message;
  }
}

export interface AcceptLimits {
  /** `max.connections`, over all listeners: more wait to be served. */
  readonly maxConnections: number;
  /** `max.connections` of one listener. */
  readonly maxConnectionsOf: (listener: string) => number;
  /** `max.connections.per.ip`, and its overrides: more are closed. */
  readonly maxConnectionsPerIp: (address: string) => number;
  /** `socket.listen.backlog.size`: how many may wait. */
  readonly backlog: number;
  /** `connections.max.idle.ms`; negative: as long as they like. */
  readonly maxIdleMs: number;
}

/** How often idle connections are looked for, as a part of the time they may be idle. */
const IDLE_CHECKS = 10;

/** The listening sockets of a broker and the connections that came in by them. */
export class Listeners {
  readonly metrics = new ConnectionMetrics();
  #pipeline: Pipeline | undefined;
  readonly #limits: ConnectionLimits;
  readonly #accept: () => AcceptLimits;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #pool: BufferPool;
  readonly #memory: RequestMemory;
  readonly #loopTurn: LoopTurn;
  readonly #servers: Server[] = [];
  readonly #connections = new Set<Connection>();
  readonly #perIp = new Map<string, number>();
  readonly #perListener = new Map<string, number>();
  readonly #waiting: { readonly socket: Socket; readonly listener: string }[] = [];
  #nextId = 1;
  #closed = false;

  constructor(options: {
    readonly limits: ConnectionLimits;
    /** `queued.max.request.bytes`: of requests that arrive or are handled, over all connections; not above 0: no bound. */
    readonly maxQueuedBytes: number;
    /** As they are now. */
    readonly accept: () => AcceptLimits;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly pool: BufferPool;
  }) {
    this.#limits = options.limits;
    this.#accept = options.accept;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#pool = options.pool;
    this.#memory = new RequestMemory(options.maxQueuedBytes, options.clock);
    this.#loopTurn = new LoopTurn(options.clock);
    this.#closeIdle();
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Open connections by listener. */
  get connectionsByListener(): ReadonlyMap<string, number> {
    return this.#perListener;
  }

  /** Binds the address and resolves to the port. Clients may connect; they are served from `serve` on. Rejects with ListenError. */
  open(address: ListenerAddress): Promise<number> {
    const server = createServer({ noDelay: true, keepAlive: true, pauseOnConnect: true }, (socket) =>
      this.#arrived(socket, address.name),
    );
    this.#servers.push(server);
    return new Promise((done, failed) => {
      server.once('error', (cause) => failed(new ListenError(address, cause)));
      const host = address.host === '' ? {} : { host: address.host };
      const backlog = Math.max(this.#accept().backlog, LEAST_BACKLOG);
      server.listen({ port: address.port, backlog, ...host }, () => {
        server.on('error', (error) => this.#logger.error(`listener ${address.name} failed`, { error }));
        done((server.address() as AddressInfo).port);
      });
    });
  }

  /** Begins to answer, those first who have been waiting. */
  serve(pipeline: Pipeline): void {
    this.#pipeline = pipeline;
    this.admitWaiting();
  }

  /** Lets in those who wait and find room now: to be called when the limits have changed. */
  admitWaiting(): void {
    for (const { socket, listener } of this.#waiting.splice(0)) this.#arrived(socket, listener);
  }

  /** Stops listening and closes all connections. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { socket } of this.#waiting) socket.destroy();
    const closing = this.#servers.map(
      (server) => new Promise<void>((done) => (server.listening ? server.close(() => done()) : done())),
    );
    for (const connection of [...this.#connections]) connection.close('shutdown', 'the broker is shutting down');
    await Promise.all(closing);
  }

  #arrived(socket: Socket, listener: string): void {
    if (this.#closed) {
      socket.destroy();
    } else if (this.#pipeline !== undefined && this.#hasRoom(listener)) {
      this.#admit(socket, listener, this.#pipeline);
    } else if (this.#waiting.length < this.#accept().backlog) {
      this.#waiting.push({ socket, listener });
    } else {
      this.#logger.warn('connection refused: max.connections are open and the backlog is full', {
        address: socket.remoteAddress,
      });
      this.metrics.rejected.backlog++;
      socket.destroy();
    }
  }

  #hasRoom(listener: string): boolean {
    const { maxConnections, maxConnectionsOf } = this.#accept();
    return (
      this.#connections.size < maxConnections && (this.#perListener.get(listener) ?? 0) < maxConnectionsOf(listener)
    );
  }

  #admit(socket: Socket, listener: string, pipeline: Pipeline): void {
    const clientAddress = plainAddress(socket.remoteAddress ?? '');
    const fromThere = this.#perIp.get(clientAddress) ?? 0;
    if (fromThere >= this.#accept().maxConnectionsPerIp(clientAddress)) {
      this.#logger.warn('connection refused: max.connections.per.ip are open', { address: clientAddress });
      this.metrics.rejected.ip_limit++;
      socket.destroy();
      return;
    }
    this.#perIp.set(clientAddress, fromThere + 1);
    this.#perListener.set(listener, (this.#perListener.get(listener) ?? 0) + 1);
    const context = new ConnectionContext({
      id: this.#nextId++,
      listener,
      clientAddress,
      clientPort: socket.remotePort ?? 0,
      principal: 'User:ANONYMOUS',
    });
    const connection = new Connection(socket, context, {
      pipeline,
      limits: this.#limits,
      clock: this.#clock,
      logger: this.#logger,
      pool: this.#pool,
      memory: this.#memory,
      loopTurn: this.#loopTurn,
      metrics: this.metrics,
    });
    this.#connections.add(connection);
    this.metrics.opened(listener);
    connection.open();
    context.onClosed(() => {
      this.#connections.delete(connection);
      const left = (this.#perIp.get(clientAddress) ?? 1) - 1;
      if (left === 0) this.#perIp.delete(clientAddress);
      else this.#perIp.set(clientAddress, left);
      this.#perListener.set(listener, (this.#perListener.get(listener) ?? 1) - 1);
      const next = this.#waiting.findIndex((each) => this.#hasRoom(each.listener));
      for (const each of next < 0 ? [] : this.#waiting.splice(next, 1)) this.#arrived(each.socket, each.listener);
    });
  }

  #closeIdle(): void {
    if (this.#closed) return;
    const { maxIdleMs } = this.#accept();
    if (maxIdleMs < 0) return;
    for (const connection of [...this.#connections]) {
      if (connection.idleMs() > maxIdleMs)
        connection.close('idle', `idle for more than ${maxIdleMs} ms (connections.max.idle.ms)`);
    }
    this.#clock.after(Math.max(maxIdleMs / IDLE_CHECKS, 1), () => this.#closeIdle());
  }
}

/** IPv4 addresses arrive as IPv6 ones on a dual-stack socket; people and limits know them by their own form. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
