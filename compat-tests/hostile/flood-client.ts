/**
 * Throws malformed frames at a broker, many connections at once, and prints what became of them as JSON.
 * Arguments: port, frames, seed.
 */
import { connect, type Socket } from 'node:net';
import { WireClient } from '../../sim/wire-client.ts';
import { ApiVersionsRequest, ApiVersionsResponse } from '../../src/wire/messages/index.ts';
import { malformedFrames, type Malformed } from './malformed.ts';

const [port = 0, frames = 0, seed = 0] = process.argv.slice(2).map(Number);
const atOnce = 48;
/** Frames that a connection has under way. */
const ahead = 8;
/** Some requests wait, and some frames are only the beginning of one: nobody waits for those longer than this. */
const patienceMs = 25;

/** Connections come from many addresses of this machine: one alone has too few ports for so many in a minute. */
const source = (i: number): string => `127.0.${1 + (Math.floor(i / 250) % 100)}.${1 + (i % 250)}`;

const asking = await WireClient.connect(port);
const { apiKeys } = await asking.request({ request: ApiVersionsRequest, response: ApiVersionsResponse }, 0, {});
asking.close();
const served = new Set(apiKeys.map(({ apiKey }) => apiKey));
const supply = malformedFrames(seed, (apiKey) => served.has(apiKey));
const returned: Malformed[] = [];
const became = { answered: 0, closed: 0, abandoned: 0 };
const pairs = new Set<string>();
const kinds = new Map<string, number>();
let begun = 0;
let connections = 0;

function next(): Malformed | undefined {
  const again = returned.pop();
  if (again !== undefined) return again;
  if (begun >= frames) return undefined;
  begun++;
  const frame = supply.next().value;
  pairs.add(frame.api);
  kinds.set(frame.how, (kinds.get(frame.how) ?? 0) + 1);
  return frame;
}

/** One connection's life: until the broker closes it, it has nothing to say for too long, or there are no more frames. */
function attack(): Promise<boolean> {
  return new Promise((done) => {
    const underWay: Malformed[] = [];
    let received: Buffer = Buffer.alloc(0);
    let over = false;
    let moreToCome = true;
    const socket: Socket = connect({ port, host: '127.0.0.1', localAddress: source(connections++) });
    const end = (what: 'closed' | 'abandoned' | undefined): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      const culprit = underWay.shift();
      if (culprit !== undefined && what !== undefined) became[what]++;
      returned.push(...underWay.reverse());
      socket.resetAndDestroy();
      done(moreToCome);
    };
    let timer = setTimeout(() => end('abandoned'), 5000);
    const fill = (): void => {
      const batch: Buffer[] = [];
      while (underWay.length < ahead) {
        const frame = next();
        if (frame === undefined) {
          moreToCome = false;
          break;
        }
        underWay.push(frame);
        batch.push(frame.bytes);
      }
      if (underWay.length === 0) return end(undefined);
      if (batch.length > 0) socket.write(Buffer.concat(batch));
      clearTimeout(timer);
      timer = setTimeout(() => end('abandoned'), patienceMs);
    };
    socket.on('connect', fill);
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      let answered = 0;
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        received = received.subarray(4 + received.readInt32BE(0));
        underWay.shift();
        became.answered++;
        answered++;
      }
      if (answered > 0 && !over) fill();
    });
    socket.on('error', () => end('closed'));
    socket.on('close', () => end('closed'));
  });
}

const startedMs = Date.now();
const progress = setInterval(() => console.error(`${begun} frames, ${connections} connections`), 30_000);
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    while (await attack());
  }),
);
clearInterval(progress);
console.log(
  JSON.stringify({
    frames: begun,
    ...became,
    connections,
    pairs: pairs.size,
    kinds: kinds.size,
    cpuSeconds: Math.round(process.cpuUsage().user / 1e6),
    seconds: Math.round((Date.now() - startedMs) / 1000),
  }),
);
process.exit();
