/** Does TLS, and hands what it has read over to the main thread: each read in memory that moves. */
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';

const { key, cert } = workerData as { key: Uint8Array; cert: Uint8Array };
const server = createServer({ key: Buffer.from(key), cert: Buffer.from(cert) }, (socket) => {
  socket.on('data', (chunk: Buffer) => {
    const moved = chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + chunk.length) as ArrayBuffer;
    parentPort?.postMessage(moved, [moved]);
  });
  socket.on('end', () => socket.end());
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
