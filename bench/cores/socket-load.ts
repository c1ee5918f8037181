/** Sends frames of a size over several connections, each with some under way, when told to; says how many were answered. */
import { Link } from '../load/link.ts';

const CONNECTIONS = 8;
const UNDER_WAY = 5;
const SECONDS = 3;

const [port, bytes] = process.argv.slice(2).map(Number) as [number, number];
const frame = Buffer.alloc(bytes);
frame.writeInt32BE(bytes - 4);
const links = await Promise.all(Array.from({ length: CONNECTIONS }, () => Link.open({ host: '127.0.0.1', port })));
let answered = 0;
let isOver = false;
function send(link: Link): void {
  link.send(frame, () => {
    answered++;
    if (!isOver) send(link);
  });
}
process.stdout.write('ready\n');
process.stdin.once('data', () => {
  for (const link of links) for (let i = 0; i < UNDER_WAY; i++) send(link);
  setTimeout(() => {
    isOver = true;
    process.stdout.write(`${answered}\n`);
  }, SECONDS * 1000);
});
