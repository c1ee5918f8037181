import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './brokers.ts';
import { javaCommand, Program } from './program.ts';
import { kafkaClassPath } from './toolchain.ts';

export interface WorkerOptions {
  readonly address: string;
  readonly folder: string;
  /** Where plugins lie, each in a folder of its own; those of Apache Kafka itself are always there. */
  readonly pluginPath?: string;
  readonly converter: string;
}

/** A stock Kafka Connect worker of the cluster `connect`, in distributed mode, exactly once for sources that can. */
export class ConnectWorker {
  private readonly program: Program;
  private readonly url: string;

  private constructor(program: Program, url: string) {
    this.program = program;
    this.url = url;
  }

  static async start(name: string, { address, folder, pluginPath, converter }: WorkerOptions): Promise<ConnectWorker> {
    const url = `http://127.0.0.1:${await freePort()}`;
    const storage = ['config', 'offset', 'status'].map((what) => [`${what}.storage.topic`, `connect-${what}`]);
    const replicas = ['config', 'offset', 'status'].map((what) => [`${what}.storage.replication.factor`, '1']);
    const configs = Object.fromEntries([
      ...[...storage, ...replicas],
      ['bootstrap.servers', address],
      ['group.id', 'connect'],
      ['key.converter', converter],
      ['value.converter', converter],
      ['offset.storage.partitions', '5'],
      ['offset.flush.interval.ms', '1000'],
      ['exactly.once.source.support', 'enabled'],
      ['session.timeout.ms', '6000'],
      ['heartbeat.interval.ms', '500'],
      ['scheduled.rebalance.max.delay.ms', '1000'],
      ['reconnect.backoff.max.ms', '200'],
      ['consumer.session.timeout.ms', '6000'],
      ['consumer.heartbeat.interval.ms', '500'],
      ['producer.transaction.timeout.ms', '10000'],
      ['listeners', url],
      ...(pluginPath === undefined ? [] : [['plugin.path', pluginPath]]),
    ]) as Record<string, string>;
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${name}.properties`);
    writeFileSync(
      file,
      Object.entries(configs)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    const main = 'org.apache.kafka.connect.cli.ConnectDistributed';
    const worker = new ConnectWorker(new Program(name, javaCommand(await kafkaClassPath(), main, [file])), url);
    worker.up();
    return worker;
  }

  get lastOutput(): string {
    return this.program.lastOutput;
  }

  up(): void {
    this.program.start();
  }

  kill(): Promise<void> {
    return this.program.kill();
  }

  /** Creates a connector, or changes it; tries until the worker is ready for that. */
  async connector(name: string, config: Readonly<Record<string, string>>, limitMs = 90_000): Promise<void> {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const answer = await this.ask(`/connectors/${name}/config`, { method: 'PUT', body: JSON.stringify(config) });
      if (answer?.ok) return;
      if (answer?.status === 400 || Date.now() > deadline)
        throw new Error(`${name}: ${answer ? await answer.text() : 'no answer'}; ${this.lastOutput.slice(-2000)}`);
      await sleep(300);
    }
  }

  /** What each task is at: RUNNING, FAILED and why. Empty while nobody answers. */
  async tasks(name: string): Promise<readonly { readonly state: string; readonly trace?: string }[]> {
    const answer = await this.ask(`/connectors/${name}/status`);
    if (!answer?.ok) return [];
    return ((await answer.json()) as { tasks: { state: string; trace?: string }[] }).tasks;
  }

  /** Starts tasks anew that have failed, as an operator would. */
  async restartFailed(name: string): Promise<void> {
    const failed = (await this.tasks(name)).filter(({ state }) => state === 'FAILED');
    if (failed.length === 0) return;
    console.log(`   restarting ${name}: ${failed[0]?.trace?.slice(0, 300)}`);
    await this.ask(`/connectors/${name}/restart?includeTasks=true&onlyFailed=true`, { method: 'POST' });
  }

  private async ask(path: string, init: RequestInit = {}): Promise<Response | undefined> {
    const headers = { 'content-type': 'application/json' };
    try {
      return await fetch(this.url + path, { ...init, headers, signal: AbortSignal.timeout(20_000) });
    } catch {
      return undefined;
    }
  }
}
