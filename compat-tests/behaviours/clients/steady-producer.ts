import { setTimeout as sleep } from 'node:timers/promises';

/** Sends 0, 1, 2... one after the other until it is stopped. */
export class SteadyProducer {
  acknowledged = 0;
  private readonly send: (value: string) => Promise<void>;
  private readonly ended: Promise<void>;
  private stopping = false;

  constructor(send: (value: string) => Promise<void>) {
    this.send = send;
    this.ended = this.produce();
    // Told by `stop`.
    this.ended.catch(() => undefined);
  }

  async stop(): Promise<number> {
    this.stopping = true;
    await this.ended;
    return this.acknowledged;
  }

  private async produce(): Promise<void> {
    for (; !this.stopping; this.acknowledged++) {
      await this.send(String(this.acknowledged));
      await sleep(5);
    }
  }
}
