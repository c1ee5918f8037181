import { connect } from 'node:net';
import type { Clock } from '../base/index.ts';

/** How long a connection may take, ms. */
const PATIENCE_MS = 3_000;

/** Why nobody answers at an address, in words; undefined where somebody does. */
export function unreachable(
  { host, port }: { readonly host: string; readonly port: number },
  clock: Clock,
): Promise<string | undefined> {
  return new Promise((done) => {
    const socket = connect({ host, port });
    const settle = (why: string | undefined): void => {
      timer.cancel();
      socket.destroy();
      done(why);
    };
    const timer = clock.after(PATIENCE_MS, () => settle(`nothing answers within ${PATIENCE_MS} ms`));
    socket.once('connect', () => settle(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(explain(error)));
  });
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such host';
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to that host';
    default:
      return message;
  }
}
