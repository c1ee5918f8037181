import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Clock, Logger } from '../base/index.ts';
import type { Health } from './health.ts';
import type { MetricsPage } from './page.ts';

/** How many may ask at once; more are turned away. */
const MAX_CONNECTIONS = 32;

/** How long a connection may take for its request and its answer, ms. */
const DEADLINE_MS = 30_000;

const MAX_HEADER_BYTES = 8 * 1024;

export interface MetricsListenerOptions {
  readonly listener: { readonly host: string; readonly port: number };
  /** Asked for on the first scrape. */
  readonly page: () => Promise<MetricsPage>;
  readonly health: () => Health;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who answers HTTP, once somebody has asked. */
interface HttpServer {
  serve(socket: Socket): void;
}

/**
 * Serves `/metrics` and `/health`: one request per connection. All it takes before the first one is a listening socket: the
 * HTTP library is loaded then.
 */
export class MetricsListener {
  readonly #options: MetricsListenerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #http: Promise<HttpServer> | undefined;
  #page: Promise<MetricsPage> | undefined;

  constructor(options: MetricsListenerOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => this.#arrived(socket));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Resolves to the port, or to undefined, after a warning, where it cannot listen: the broker serves without. */
  open(): Promise<number | undefined> {
    const { listener, logger } = this.#options;
    const { host, port } = listener;
    return new Promise((done) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const where = `${host === '' ? '*' : host}:${port}`;
        const why = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message;
        logger.warn(
          `metrics are not shown: cannot listen on ${where}, ${why}; choose another port (--metrics-port) or none (--no-metrics)`,
        );
        done(undefined);
      });
      this.#server.listen({ port, ...(host === '' ? {} : { host }) }, () => {
        this.#server.on('error', (error) => logger.error('the listener of metrics failed', { error }));
        // Who waits for the broker to end must not wait for this.
        this.#server.unref();
        done((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Stops listening and drops whoever is being answered. */
  async close(): Promise<void> {
    const closed = new Promise<void>((done) => (this.#server.listening ? this.#server.close(() => done()) : done()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #arrived(socket: Socket): void {
    const { clock, logger } = this.#options;
    this.#sockets.add(socket);
    const deadline = clock.after(DEADLINE_MS, () => socket.destroy());
    socket.on('close', () => {
      deadline.cancel();
      this.#sockets.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    this.#http ??= this.#load();
    this.#http.then(
      (http) => http.serve(socket),
      (error: unknown) => {
        logger.error('metrics cannot be shown', { error });
        socket.destroy();
      },
    );
  }

  async #load(): Promise<HttpServer> {
    // One after the other: each takes the event loop some 20 ms.
    const { createServer: createHttpServer } = await import('node:http');
    const { Hono } = await import('hono');
    const { getRequestListener } = await import('@hono/node-server');
    const app = new Hono();
    app.get('/metrics', async (context) => {
      this.#page ??= this.#options.page();
      const page = await this.#page;
      return context.body(await page.render(), 200, { 'content-type': page.contentType });
    });
    app.get('/health', (context) => {
      const health = this.#options.health();
      return context.json(health, health.status === 'serving' ? 200 : 503);
    });
    for (const path of ['/metrics', '/health'])
      app.all(path, (context) => context.text('only GET and HEAD\n', 405, { allow: 'GET, HEAD' }));
    app.notFound((context) => context.text('there are /metrics and /health\n', 404));
    app.onError((error, context) => {
      this.#options.logger.error('metrics cannot be shown', { error });
      return context.text('the figures could not be gathered, see the log\n', 500);
    });
    const respond = getRequestListener(app.fetch);
    const server = createHttpServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
      response.setHeader('connection', 'close');
      void respond(request, response);
    });
    return {
      serve(socket) {
        if (socket.destroyed) return;
        server.emit('connection', socket);
        socket.resume();
      },
    };
  }
}
