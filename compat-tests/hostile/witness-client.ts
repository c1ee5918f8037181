import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Consumer, type Producer } from 'kafkajs';
import { witnessTopic } from './topics.ts';

/**
 * An honest kafkajs client that produces and reads all the while, and remembers how long it was made to wait.
 */
class Witness {
  private readonly producer: Producer;
  private readonly consumer: Consumer;
  private readonly sent: string[] = [];
  private readonly read: string[] = [];
  private worstWaitMs = 0;
  private stopped = false;
  private working: Promise<void> = Promise.resolve();
  private refusal: Error | undefined;

  constructor(address: string) {
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

  /** Stops; throws when a send failed, a wait was too long, or a record is missing, changed or there twice. */
  async testify(limitMs: number): Promise<string> {
    this.stopped = true;
    await this.working;
    const deadline = Date.now() + 10_000;
    while (this.read.length < this.sent.length && Date.now() < deadline) await sleep(50);
    await Promise.all([this.producer.disconnect(), this.consumer.disconnect()]);
    if (this.refusal !== undefined) throw new Error(`a send failed: ${this.refusal.message}`);
    if (this.read.join() !== this.sent.join())
      throw new Error(`${this.sent.length} records sent, ${this.read.length} read, or not the same`);
    if (this.worstWaitMs > limitMs) throw new Error(`a send took ${this.worstWaitMs} ms`);
    return `${this.sent.length} records sent and read, the slowest send took ${this.worstWaitMs} ms`;
  }

  private async work(): Promise<void> {
    for (let i = 0; !this.stopped; i++) {
      const started = Date.now();
      await this.producer.send({ topic: witnessTopic, messages: [{ value: `record ${i}` }] });
      this.sent.push(`record ${i}`);
      this.worstWaitMs = Math.max(this.worstWaitMs, Date.now() - started);
      await sleep(50);
    }
  }
}

const [address = '', limitMs = ''] = process.argv.slice(2);
const witness = new Witness(address);
await witness.start();
console.log('sworn in');
process.stdin.once('data', () => {
  witness.testify(Number(limitMs)).then(
    (testimony) => finish(0, testimony),
    (error: Error) => finish(1, error.message),
  );
});

function finish(code: number, testimony: string): void {
  console.log(testimony);
  process.exit(code);
}
