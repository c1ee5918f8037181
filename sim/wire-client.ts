import { connect, type Socket } from 'node:net';
import {
  decodeMessage,
  encodeRequestFrame,
  readResponseHeader,
  type Infer,
  type Input,
  type Message,
} from '../src/wire/index.ts';

/** A client that says exactly what it is told to, for tests of what a broker answers. One request's reply is awaited by order. */
export class WireClient {
  readonly #socket: Socket;
  #buffered = Buffer.alloc(0);
  readonly #waiting: ((frame: Buffer | undefined) => void)[] = [];
  #correlationId = 0;
  /** Resolves when the broker has closed the connection. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('error', () => {});
    this.closed = new Promise((done) =>
      socket.once('close', () => {
        for (const waiting of this.#waiting.splice(0)) waiting(undefined);
        done();
      }),
    );
  }

  static connect(port: number, host = '127.0.0.1'): Promise<WireClient> {
    return new Promise((done, failed) => {
      const socket = connect({ port, host }, () => done(new WireClient(socket)));
      socket.once('error', failed);
    });
  }

  /** Resolves to the decoded response; rejects when the broker closes the connection instead. */
  async request<Q extends Message, P extends Message>(
    api: { readonly request: Q; readonly response: P },
    version: number,
    value: Input<Q>,
    clientId = 'test',
  ): Promise<Infer<P>> {
    const correlationId = ++this.#correlationId;
    for (const chunk of encodeRequestFrame(api.request, version, { correlationId, clientId }, value))
      this.#socket.write(chunk);
    const frame = await this.#next();
    if (frame === undefined) throw new Error(`the broker closed the connection on ${api.request.name} v${version}`);
    const header = readResponseHeader(frame, api.response, version);
    if (header.correlationId !== correlationId)
      throw new Error(`answer ${header.correlationId} came for request ${correlationId}`);
    return decodeMessage(api.response, version, frame.subarray(header.bodyAt));
  }

  /** Bytes as they are; nothing is awaited. */
  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next frame that comes in, without its size; undefined when the connection is closed instead. */
  frame(): Promise<Buffer | undefined> {
    return this.#next();
  }

  close(): void {
    this.#socket.destroy();
  }

  #next(): Promise<Buffer | undefined> {
    return new Promise((done) => {
      if (this.#socket.destroyed) done(undefined);
      else {
        this.#waiting.push(done);
        this.#deliver();
      }
    });
  }

  #received(chunk: Buffer): void {
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    this.#deliver();
  }

  #deliver(): void {
    while (this.#waiting.length > 0 && this.#buffered.length >= 4) {
      const size = this.#buffered.readInt32BE(0);
      if (this.#buffered.length < 4 + size) return;
      const frame = this.#buffered.subarray(4, 4 + size);
      this.#buffered = this.#buffered.subarray(4 + size);
      this.#waiting.shift()?.(frame);
    }
  }
}
