import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Consumer, type Producer } from 'kafkajs';
import { cpuMs } from './cpu-time.ts';
import { witnessTopic } from './topics.ts';
import type { Testimony } from './witness.ts';

/**
 * An honest kafkajs client that produces and reads all the while. It retries nothing: a send that the broker refuses, or does not
 * answer within kafkajs's own request timeout of 30 s, has failed.
 */
class WitnessClient {
  private readonly producer: Producer;
  private readonly consumer: Consumer;
  private readonly sent: string[] = [];
  private readonly read: string[] = [];
  private readonly brokerPid: number;
  private sending: { readonly sinceMs: number; readonly brokerCpuMs: number } | undefined;
  private slowestMs = 0;
  private worstCpuMs = 0;
  private acknowledged = 0;
  private stopped = false;
  private working: Promise<void> = Promise.resolve();
  private refusal: Error | undefined;

  constructor(address: string, brokerPid: number) {
    this.brokerPid = brokerPid;
    const kafka = new kafkajs.Kafka({ brokers: [address], clientId: 'witness', logLevel: kafkajs.logLevel.NOTHING });
    this.producer = kafka.producer({ retry: { retries: 0 } });
    this.consumer = kafka.consumer({ groupId: 'witness', maxWaitTimeInMs: 100 });
  }

  async start(): Promise<void> {
    await this.producer.connect();
    await this.producer.send({ topic: witnessTopic, messages: [{ value: 'first' }] });
    this.sent.push('first');
    await this.consumer.connect();
    await this.consumer.subscribe({ topic: witnessTopic, fromBeginning: true });
    await this.consumer.run({
      eachMessage: async ({ message }) => void this.read.push(message.value?.toString() ?? ''),
    });
    this.working = this.work().catch((error: Error) => void (this.refusal = error));
  }

  /** What it has seen since it was last asked; a send that is not over yet counts as far as it has come. */
  interim(): Testimony {
    this.measure();
    const seen = {
      sent: this.acknowledged,
      slowestMs: Math.round(this.slowestMs),
      worstCpuMs: this.worstCpuMs,
      ...(this.refusal === undefined ? {} : { complaint: `a send failed: ${this.refusal.message}` }),
    };
    this.acknowledged = 0;
    this.slowestMs = this.worstCpuMs = 0;
    return seen;
  }

  /** Stops, and says of the whole time whether a send failed, or a record is missing, changed or there twice. */
  async final(): Promise<Testimony> {
    this.stopped = true;
    await this.working;
    const deadline = Date.now() + 10_000;
    while (this.read.length < this.sent.length && Date.now() < deadline) await sleep(50);
    await Promise.all([this.producer.disconnect(), this.consumer.disconnect()]);
    const seen = { ...this.interim(), sent: this.sent.length };
    if (seen.complaint !== undefined || this.read.join() === this.sent.join()) return seen;
    return { ...seen, complaint: `${this.sent.length} records sent, ${this.read.length} read, or not the same` };
  }

  private async work(): Promise<void> {
    for (let i = 0; !this.stopped; i++) {
      this.sending = { sinceMs: performance.now(), brokerCpuMs: cpuMs(this.brokerPid) };
      await this.producer.send({ topic: witnessTopic, messages: [{ value: `record ${i}` }] });
      this.sent.push(`record ${i}`);
      this.acknowledged++;
      this.measure();
      this.sending = undefined;
      await sleep(50);
    }
  }

  /** How long the send under way has taken, and how much the broker has worked meanwhile. */
  private measure(): void {
    if (this.sending === undefined) return;
    this.slowestMs = Math.max(this.slowestMs, performance.now() - this.sending.sinceMs);
    this.worstCpuMs = Math.max(this.worstCpuMs, cpuMs(this.brokerPid) - this.sending.brokerCpuMs);
  }
}

const [address = '', brokerPid = ''] = process.argv.slice(2);
const witness = new WitnessClient(address, Number(brokerPid));
await witness.start();
console.log('sworn in');
for await (const question of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(question === 'final' ? await witness.final() : witness.interim()));
  if (question === 'final') process.exit();
}
