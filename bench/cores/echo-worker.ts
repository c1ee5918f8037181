/** Gives back whatever it is handed: memory is moved, shared memory stays where it is. */
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', (message: ArrayBuffer | number) => {
  if (typeof message === 'number') parentPort?.postMessage(message);
  else parentPort?.postMessage(message, [message]);
});
