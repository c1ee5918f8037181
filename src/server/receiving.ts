import { Socket } from 'node:net';

/** Where a socket's bytes go. */
export interface Receiver {
  /** Where the next bytes are wanted. Asked before each read; never empty. */
  target(): Buffer;
  /** So many bytes were put there. */
  received(count: number): void;
}

/** What Node keeps of a connection below the socket; not documented, so its absence is provided for. */
interface Handled {
  _handle?: object | null;
}

/**
 * The same connection, paused, with its bytes landing where `receiver` wants them: half the cost of Node's own chunks.
 * Documented for outgoing sockets only (`onread`); for accepted ones the connection moves to a socket made with it.
 * Where that is not to be had, chunks are copied over.
 */
export function receiveInto(receiver: Receiver, accepted: Socket): Socket {
  const handle = (accepted as Socket & Handled)._handle;
  if (handle === undefined || handle === null) {
    accepted.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.length;) {
        const taken = chunk.copy(receiver.target(), 0, at);
        at += taken;
        receiver.received(taken);
      }
    });
    return accepted.pause();
  }
  (accepted as Socket & Handled)._handle = null;
  const options = {
    handle,
    readable: true,
    writable: true,
    onread: {
      buffer: () => receiver.target(),
      callback: (count: number) => {
        receiver.received(count);
        return true;
      },
    },
  };
  const socket = new Socket(options);
  // The server counts the socket it accepted, and is not closed before that is.
  socket.once('close', () => accepted.destroy());
  return socket.pause();
}
