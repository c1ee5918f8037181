/** Has the sockets: frames of a read go to the main thread in one message, and answers come back in one. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { serveFrames } from './frames.ts';

const sockets = new Map<number, Socket>();
let last = 0;

const server = createServer({ noDelay: true }, (socket) => {
  const id = ++last;
  sockets.set(id, socket);
  socket.on('close', () => sockets.delete(id));
  serveFrames(socket, (frames) => {
    const moved = frames.map((frame) => frame.buffer.slice(frame.byteOffset, frame.byteOffset + frame.length));
    parentPort?.postMessage({ id, frames: moved }, moved as ArrayBuffer[]);
    return undefined;
  });
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));

parentPort?.on('message', ({ id, answers }: { id: number; answers: Uint8Array }) => {
  sockets.get(id)?.write(answers);
});
