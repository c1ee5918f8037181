import { setTimeout as sleep } from 'node:timers/promises';

/** Sends 0, 1, 2... one after the other until it is stopped. */
export class SteadyProducer {
  private acknowledgedSoFar = 0;
  private failure: Error | undefined;
  private readonly send: (value: string) => Promise<void>;
  private readonly ended: Promise<void>;
  private stopping = false;

  constructor(send: (value: string) => Promise<void>) {
    this.send = send;
    this.ended = this.produce().catch((error: Error) => void (this.failure = error));
  }

  /** How many so far; throws why there will be no more. */
  get acknowledged(): number {
    if (this.failure !== undefined) throw this.failure;
    return this.acknowledgedSoFar;
  }

  /** Ends once the last one sent is acknowledged; tells how many there were. */
  async stop(): Promise<number> {
    this.stopping = true;
    await this.ended;
    return this.acknowledged;
  }

  private async produce(): Promise<void> {
    for (; !this.stopping; this.acknowledgedSoFar++) {
      await this.send(String(this.acknowledgedSoFar));
      await sleep(5);
    }
  }
}
