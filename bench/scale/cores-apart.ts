import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const CORES = availableParallelism();
const ALL = `0-${CORES - 1}`;
const LOOPS = '0';
const CLIENTS = CORES > 1 ? `1-${CORES - 1}` : ALL;

/**
 * Keeps the broker's event loop to a core, and the clients in this process to the others, while `work` goes on: what waited for the
 * event loop would have waited for the clients else, who keep all cores busy. The broker's other threads run where there is room.
 * Where the system has no `taskset`, they share.
 */
export async function coresApart<T>(brokerPid: number, work: () => Promise<T>): Promise<T> {
  keepTo(LOOPS, brokerPid);
  keepTo(CLIENTS, process.pid, '--all-tasks');
  try {
    return await work();
  } finally {
    keepTo(ALL, process.pid, '--all-tasks');
    keepTo(ALL, brokerPid);
  }
}

/** The thread that has the id of the process, which is where Node runs its event loop, or all of them. */
function keepTo(cores: string, pid: number, ...which: '--all-tasks'[]): void {
  spawnSync('taskset', [...which, '--cpu-list', '--pid', cores, String(pid)]);
}
