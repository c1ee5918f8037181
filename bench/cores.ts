/**
 * What more than one core would bring, each by itself (docs/design/cores.md):
 *
 *   node --import tsx bench/cores.ts [hand-over] [sockets] [tls] [brokers]
 *
 * Without a name: all. Needs Linux, openssl for TLS, and `npm run build` before.
 */
import { brokers } from './cores/brokers.ts';
import { handOver } from './cores/hand-over.ts';
import { sockets } from './cores/sockets.ts';
import { tls } from './cores/tls.ts';

const MEASUREMENTS: Readonly<Record<string, () => Promise<void>>> = { 'hand-over': handOver, sockets, tls, brokers };

const named = process.argv.slice(2);
for (const [name, measure] of Object.entries(MEASUREMENTS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  console.log(`\n### ${name}\n`);
  await measure();
}
process.exit();
