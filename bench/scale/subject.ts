import { writeFileSync } from 'node:fs';
import { Broker, freePort } from '../../compat-tests/brokers.ts';
import { ask, figure, parsePage, type PageFamily } from '../../sim/metrics-page.ts';
import { cpuSeconds, residentMiB } from '../load/measure.ts';
import { loopDelay, type LoopDelay } from '../loop-delay.ts';
import type { Target } from '../load/link.ts';
import { coresApart } from './cores-apart.ts';

/** What a broker used between two moments. */
export interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly residentMiB: number;
  readonly peakMiB: number;
  readonly diskReadBytes: number;
  readonly loop: LoopDelay;
}

/** A built broker in a process and a folder of its own, as its system sees it. */
export class Subject {
  readonly broker: Broker;
  readonly #metricsPort: number;

  private constructor(broker: Broker, metricsPort: number) {
    this.broker = broker;
    this.#metricsPort = metricsPort;
  }

  /** Runs `work` with a fresh broker, and removes all of it. */
  static async with<T>(configs: Readonly<Record<string, string>>, work: (subject: Subject) => Promise<T>): Promise<T> {
    const subject = await Subject.start(configs);
    try {
      return await work(subject);
    } finally {
      await subject.broker.dispose();
    }
  }

  static async start(configs: Readonly<Record<string, string>>): Promise<Subject> {
    const metricsPort = await freePort();
    const listener = { 'ottla.metrics.listener': `127.0.0.1:${metricsPort}` };
    const subject = new Subject(await Broker.start('ottla', { ...configs, ...listener }), metricsPort);
    // What answers the first page is loaded with it.
    await subject.#page();
    return subject;
  }

  get target(): Target {
    return { host: '127.0.0.1', port: this.broker.port };
  }

  get residentMiB(): number {
    return residentMiB(this.broker.pid).now;
  }

  /** What the broker uses while `work` goes on. */
  async during(work: () => Promise<unknown>): Promise<Usage> {
    const { pid } = this.broker;
    // The system's mark of the highest resident memory begins anew.
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    const before = await this.#page();
    const [cpu, begunMs] = [cpuSeconds(pid), performance.now()];
    await coresApart(pid, work);
    const used = cpuSeconds(pid) - cpu;
    const seconds = (performance.now() - begunMs) / 1000;
    const after = await this.#page();
    const { now, peak } = residentMiB(pid);
    const read = 'ottla_disk_read_bytes_total';
    return {
      seconds,
      cpuSeconds: used,
      cpuPercent: (used / seconds) * 100,
      residentMiB: now,
      peakMiB: peak,
      diskReadBytes: figure(after, read) - figure(before, read),
      loop: loopDelay(before, after),
    };
  }

  async #page(): Promise<ReadonlyMap<string, PageFamily>> {
    return parsePage((await ask(this.#metricsPort, '/metrics')).body);
  }
}
