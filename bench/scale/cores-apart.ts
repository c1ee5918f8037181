import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const CORES = availableParallelism();
const ALL = `0-${CORES - 1}`;
const BROKERS = '0';
const CLIENTS = CORES > 1 ? `1-${CORES - 1}` : ALL;

/**
 * Gives the broker a core for itself, and the clients in this process the others, while `work` goes on: what waited for the event
 * loop would have waited for the clients else, who keep all cores busy. Where the system has no `taskset`, they share.
 */
export async function coresApart<T>(brokerPid: number, work: () => Promise<T>): Promise<T> {
  keepTo(BROKERS, brokerPid);
  keepTo(CLIENTS, process.pid);
  try {
    return await work();
  } finally {
    keepTo(ALL, process.pid);
    keepTo(ALL, brokerPid);
  }
}

function keepTo(cores: string, pid: number): void {
  spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)]);
}
