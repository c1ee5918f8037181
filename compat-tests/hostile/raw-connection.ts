import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** A socket that can be sent anything, and gives back whole frames or the end of the connection. */
export class RawConnection {
  readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private ended = false;
  private wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
      this.wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.ended = true;
      this.wake();
    });
    socket.on('end', () => socket.end());
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  send(bytes: Buffer | string): void {
    this.socket.write(bytes);
  }

  /** The next whole frame without its length; undefined where the connection ended first. */
  async frame(limitMs = 10_000): Promise<Buffer | undefined> {
    await this.until(() => this.ended || this.hasFrame(), limitMs);
    if (!this.hasFrame()) return undefined;
    const end = 4 + this.received.readInt32BE(0);
    const frame = this.received.subarray(4, end);
    this.received = this.received.subarray(end);
    return frame;
  }

  /** Waits for the broker to end the connection, and returns what it said before. */
  async end(limitMs = 10_000): Promise<Buffer> {
    await this.until(() => this.ended, limitMs);
    return this.received;
  }

  close(): void {
    this.socket.destroy();
  }

  private hasFrame(): boolean {
    return this.received.length >= 4 && this.received.length >= 4 + this.received.readInt32BE(0);
  }

  private async until(holds: () => boolean, limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!holds()) {
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new Error(`the broker neither answered nor closed the connection within ${limitMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
