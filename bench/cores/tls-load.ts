/** Connections one after the other, each with so many bytes sent, when told to; ends when all were read. */
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const PIECE = Buffer.alloc(256 * 1024, 7);

const [port, kind, connections, bytes] = process.argv.slice(2) as [string, string, string, string];

async function send(): Promise<void> {
  const to = { host: '127.0.0.1', port: Number(port) };
  const isSecure = kind === 'tls';
  const socket: Socket = isSecure ? connectTls({ ...to, rejectUnauthorized: false }) : connectTcp(to);
  await once(socket, isSecure ? 'secureConnect' : 'connect');
  for (let left = Number(bytes); left > 0; left -= PIECE.length) if (!socket.write(PIECE)) await once(socket, 'drain');
  socket.resume();
  socket.end();
  await once(socket, 'close');
}

process.stdout.write('ready\n');
process.stdin.once('data', () => {
  void (async () => {
    for (let i = 0; i < Number(connections); i++) await send();
    process.exit();
  })();
});
