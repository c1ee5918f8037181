import { Worker } from 'node:worker_threads';

/** A thread that runs a TypeScript file beside this one: tsx serves the main thread only unless it is asked. */
export function startWorker(file: string, workerData?: unknown): Worker {
  const [tsx, script] = [import.meta.resolve('tsx/esm/api'), new URL(file, import.meta.url).href];
  const code = `import('${tsx}').then(({ register }) => (register(), import('${script}')))`;
  return new Worker(code, { eval: true, workerData });
}
