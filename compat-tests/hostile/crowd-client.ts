/**
 * A crowd that connects and stays: some say nothing, some have asked and were answered, some stop in the middle of a frame,
 * some ask for much and never read. Prints how many are there, then waits to be stopped and killed. Arguments: port, how many.
 */
import { connect, type Socket } from 'node:net';
import { bigTopic } from './topics.ts';
import { apiVersions, fetch, int32 } from './requests.ts';

const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const atOnce = 100;

/** From many addresses of this machine, so that ports do not run out. */
const source = (i: number): string => `127.0.0.${2 + (i % 200)}`;

const manners: readonly ((socket: Socket) => void)[] = [
  () => undefined,
  (socket) => socket.write(apiVersions()),
  (socket) => socket.write(int32(100)),
  (socket) => socket.write(apiVersions().subarray(0, 9)),
];
/** Few of them: each may make the broker hold an answer. */
const greedyEvery = 50;

function arrive(i: number): Promise<Socket> {
  return new Promise((done, failed) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: source(i) });
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed).on('error', () => undefined);
      if (i % greedyEvery === 0) {
        socket.pause();
        socket.write(Buffer.concat([fetch(bigTopic, 1), fetch(bigTopic, 2)]));
      } else {
        socket.resume();
        manners[i % manners.length]?.(socket);
      }
      done(socket);
    });
  });
}

const crowd: Socket[] = [];
while (crowd.length < count) {
  const wave = Math.min(atOnce, count - crowd.length);
  crowd.push(...(await Promise.all(Array.from({ length: wave }, (_, i) => arrive(crowd.length + i)))));
}
console.log(crowd.length);
setInterval(() => undefined, 1000);
