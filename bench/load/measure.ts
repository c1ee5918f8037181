import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** What one run of a workload came to. */
export interface Figures {
  readonly seconds: number;
  readonly requests: number;
  /** Of record batches, as they lie on the wire. */
  readonly bytes: number;
  readonly 'MB/s': number;
  readonly 'requests/s': number;
  /** What the broker used, where its process was named. */
  readonly 'broker cpu s/GB'?: number;
  readonly 'broker cpu us/request'?: number;
  /** From the request to its answer. */
  readonly 'p50 ms': number;
  readonly 'p99 ms': number;
  readonly 'p99.9 ms': number;
  readonly 'max ms': number;
}

/** Counts requests from `start` to `stop`; what came before is warming up. */
export class Meter {
  readonly #pid: number | undefined;
  readonly #latency = createHistogram();
  #startMs = NaN;
  #cpuBefore = NaN;
  #requests = 0;
  #bytes = 0;

  /** @param pid of the broker */
  constructor(pid: number | undefined) {
    this.#pid = pid;
  }

  start(): void {
    this.#latency.reset();
    this.#requests = this.#bytes = 0;
    this.#cpuBefore = this.#pid === undefined ? NaN : cpuSeconds(this.#pid);
    this.#startMs = performance.now();
  }

  answered(sentMs: number, bytes: number): void {
    this.#requests++;
    this.#bytes += bytes;
    recordSince(this.#latency, sentMs);
  }

  stop(): Figures {
    const seconds = (performance.now() - this.#startMs) / 1000;
    const cpu = this.#pid === undefined ? NaN : cpuSeconds(this.#pid) - this.#cpuBefore;
    const [requests, bytes] = [this.#requests, this.#bytes];
    const percentile = (share: number): number => this.#latency.percentile(share) / 1000;
    return {
      seconds,
      requests,
      bytes,
      'MB/s': bytes / 1e6 / seconds,
      'requests/s': requests / seconds,
      ...(Number.isNaN(cpu)
        ? {}
        : { 'broker cpu s/GB': cpu / (bytes / 1e9), 'broker cpu us/request': (cpu * 1e6) / requests }),
      'p50 ms': percentile(50),
      'p99 ms': percentile(99),
      'p99.9 ms': percentile(99.9),
      'max ms': this.#latency.max / 1000,
    };
  }
}

let ticksPerSecond: number | undefined;

/** CPU time that a process and its threads have used so far, as Linux counts it. */
export function cpuSeconds(pid: number): number {
  ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory of a process, MiB: now, and at most so far. */
export function residentMiB(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? NaN);
  return { now: kib('VmRSS') / 1024, peak: kib('VmHWM') / 1024 };
}

/** Counts the time since `sentMs` (by `performance.now`), in us: a histogram takes no 0. */
export function recordSince(latency: RecordableHistogram, sentMs: number): void {
  latency.record(Math.max(1, Math.round((performance.now() - sentMs) * 1000)));
}
