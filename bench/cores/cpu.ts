import { readFileSync } from 'node:fs';

const NS_PER_US = 1000;

/** CPU time of the calling process's main thread, and of all its threads, us, as Linux counts it. */
export interface CpuTime {
  readonly main: number;
  readonly all: number;
}

export function cpuTime(): CpuTime {
  const { user, system } = process.cpuUsage();
  // The first number is time on a processor, ns.
  const schedstat = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8');
  return { main: Number(schedstat.split(' ')[0]) / NS_PER_US, all: user + system };
}

/** What `work` used, us. */
export async function spent(work: () => Promise<void>): Promise<CpuTime & { readonly us: number }> {
  const [before, begunMs] = [cpuTime(), performance.now()];
  await work();
  const [after, us] = [cpuTime(), (performance.now() - begunMs) * 1000];
  return { main: after.main - before.main, all: after.all - before.all, us };
}
