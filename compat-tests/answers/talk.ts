import { setTimeout as sleep } from 'node:timers/promises';
import { WireClient } from '../../sim/wire-client.ts';
import { decodeMessage, encodeRequestFrame, readResponseHeader } from '../../src/wire/index.ts';
import { apis, type Api } from '../../src/wire/messages/index.ts';
import { fit, pick, type Said } from './fit.ts';
import { normal, Symbols } from './normal.ts';

/** Where a broker listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What was asked, and what came of it in a form that two brokers can agree on. */
export interface Step {
  readonly label: string;
  /** An `Answer` until the conversation is over. */
  outcome: unknown;
}

/** Takes its final form at the end: what brokers choose is named in the order of asking, not of answering. */
class Answer {
  readonly form: () => unknown;

  constructor(form: () => unknown) {
    this.form = form;
  }
}

const byName = new Map<string, Api>([...apis.values()].map((each) => [each.name, each]));
/** Apache Kafka hides the newest version of InitProducerId. */
const highest = (api: Api): number => api.request.versions[1] - (api.latestVersionUnstable ? 1 : 0);

export function apiNamed(name: string): Api {
  const api = byName.get(name);
  if (api === undefined) throw new Error(`there is no API ${name}`);
  return api;
}

/** The versions that Apache Kafka serves without being told to serve unstable ones. */
export function servedVersions(name: string): number[] {
  const api = apiNamed(name);
  const [low] = api.request.versions;
  return Array.from({ length: highest(api) - low + 1 }, (_, i) => low + i);
}

interface Options {
  /** Default: the version under test where it is the API under test, else the newest. */
  readonly version?: number;
  readonly clientId?: string;
  readonly limitMs?: number;
}

/** One of several requests that are sent without waiting for answers. */
export interface Pipelined {
  readonly api: string;
  readonly value: Said;
  readonly version?: number;
  readonly withoutAnswer?: boolean;
}

/** One client's side of a conversation with one broker. All that is asked is noted down, in the order of asking. */
export class Talk {
  readonly address: Address;
  readonly steps: Step[];
  /** Of the API under test. */
  readonly version: number;
  readonly #api: string;
  readonly #name: string;
  readonly #symbols: Symbols;
  readonly #opened: WireClient[];
  #wire: WireClient | undefined;
  #marker: Promise<{ readonly name: string }> | undefined;

  constructor(address: Address, api: string, version: number, name: string, from?: Talk) {
    this.address = address;
    this.version = version;
    this.#api = api;
    this.#name = name;
    this.steps = from?.steps ?? [];
    this.#symbols = from === undefined ? new Symbols(name) : from.#symbols;
    this.#opened = from === undefined ? [] : from.#opened;
  }

  /** Another connection in the same conversation. */
  another(): Talk {
    return new Talk(this.address, this.#api, this.version, this.#name, this);
  }

  /** A name that no other conversation uses. */
  name(what: string): string {
    return `${this.#name}-${what}`;
  }

  /** Asks and notes the answer, which is also returned as it came: empty where the connection was closed. */
  async ask(label: string, api: string, value: Said, options: Options = {}): Promise<Said> {
    const step: Step = { label, outcome: 'nothing' };
    this.steps.push(step);
    const answer = await this.quietly(api, value, options);
    if (answer === 'silence') {
      step.outcome = answer;
      return {};
    }
    step.outcome =
      answer === undefined ? 'closed' : new Answer(() => normal(apiNamed(api).response, answer, this.#symbols));
    return answer ?? {};
  }

  /** Asks without noting the answer: to prepare. Undefined where the connection was closed. */
  async quietly(name: string, value: Said, options: Options = {}): Promise<Said | 'silence' | undefined> {
    const api = apiNamed(name);
    const version = options.version ?? (name === this.#api ? this.version : highest(api));
    const header = { correlationId: 7, clientId: options.clientId ?? 'talk' };
    const body = fit(api.request.shape, version, value);
    const frame = Buffer.concat(encodeRequestFrame(api.request, version, header, body as never));
    return this.#exchange(frame, api, version, options.limitMs);
  }

  /** Sends a request of the version under test as these bytes, and notes the answer. */
  async askFrame(label: string, name: string, request: Buffer, options: Options = {}): Promise<void> {
    const step: Step = { label, outcome: 'nothing' };
    this.steps.push(step);
    const size = Buffer.alloc(4);
    size.writeInt32BE(request.length);
    const api = apiNamed(name);
    const answer = await this.#exchange(Buffer.concat([size, request]), api, this.version, options.limitMs);
    if (answer === undefined || answer === 'silence') step.outcome = answer ?? 'closed';
    else step.outcome = new Answer(() => normal(api.response, answer, this.#symbols));
  }

  async #exchange(request: Buffer, api: Api, version: number, limitMs = 10_000): Promise<Said | 'silence' | undefined> {
    const wire = await this.#connected();
    wire.send(request);
    const frame = await within(limitMs, wire.frame());
    if (frame === undefined || frame === 'silence') {
      this.#wire = undefined;
      return frame;
    }
    const { bodyAt } = readResponseHeader(frame, api.response, version);
    return decodeMessage(api.response, version, frame, bodyAt);
  }

  /** Sends a request that gets no answer, and notes whether the next one is answered, or the connection closed. */
  async askWithoutAnswer(label: string, name: string, value: Said, version = this.version): Promise<void> {
    const api = apiNamed(name);
    const wire = await this.#connected();
    const body = fit(api.request.shape, version, value);
    wire.send(
      Buffer.concat(encodeRequestFrame(api.request, version, { correlationId: 7, clientId: 'talk' }, body as never)),
    );
    const next = await this.quietly('ApiVersions', {}, { version: 0 });
    this.note(label, next === undefined || next === 'silence' ? (next ?? 'closed') : 'answered');
  }

  /**
   * Sends all of these at once on a connection of their own and notes the answers in the order they come in, with the
   * number of the request each is for. One `withoutAnswer` gets none.
   */
  async askAtOnce(label: string, requests: readonly Pipelined[]): Promise<void> {
    const step: Step = { label, outcome: 'nothing' };
    this.steps.push(step);
    const asked = requests.map(({ api: name, value, version, withoutAnswer = false }, correlationId) => {
      const api = apiNamed(name);
      const v = version ?? (name === this.#api ? this.version : highest(api));
      const body = fit(api.request.shape, v, value);
      const frame = encodeRequestFrame(api.request, v, { correlationId, clientId: 'talk' }, body as never);
      return { api, version: v, withoutAnswer, frame: Buffer.concat(frame) };
    });
    const wire = await WireClient.connect(this.address.port, this.address.host);
    wire.send(Buffer.concat(asked.map(({ frame }) => frame)));
    const told: unknown[] = [];
    for (const { api, version, withoutAnswer } of asked) {
      if (withoutAnswer) continue;
      const frame = await within(10_000, wire.frame());
      if (frame === undefined || frame === 'silence') {
        told.push(frame ?? 'closed');
        break;
      }
      const { bodyAt } = readResponseHeader(frame, api.response, version);
      const answer: Said = decodeMessage(api.response, version, frame, bodyAt);
      told.push(new Answer(() => [frame.readInt32BE(0), normal(api.response, answer, this.#symbols)]));
    }
    wire.close();
    step.outcome = new Answer(() => told.map(settled));
  }

  /** Sends bytes on a connection of their own and notes the frames that come back, and whether it was closed. */
  async sendRaw(label: string, bytes: Buffer, answers = 1): Promise<void> {
    const step: Step = { label, outcome: 'nothing' };
    this.steps.push(step);
    const wire = await WireClient.connect(this.address.port, this.address.host);
    wire.send(bytes);
    const said: string[] = [];
    for (let i = 0; i < answers; i++) {
      const frame = await within(1000, wire.frame());
      said.push(frame === undefined ? 'closed' : frame === 'silence' ? frame : shown(frame));
    }
    wire.close();
    step.outcome = said;
  }

  /** Notes anything that both brokers must agree on. */
  note(label: string, outcome: unknown): void {
    this.steps.push({ label, outcome });
  }

  /** Creates a topic that can be used at once, and gives its id. */
  async topic(
    what: string,
    options: { readonly partitions?: number; readonly configs?: Readonly<Record<string, string>> } = {},
  ): Promise<{ readonly name: string; readonly topicId: string }> {
    const { partitions = 1, configs = {} } = options;
    const name = this.name(what);
    const answer = await this.quietly(
      'CreateTopics',
      {
        topics: [
          {
            name,
            numPartitions: partitions,
            replicationFactor: 1,
            configs: Object.entries(configs).map(([config, value]) => ({ name: config, value })),
          },
        ],
        timeoutMs: 10_000,
      },
      { version: 7 },
    );
    const errorCode = pick(answer, 'topics', 0, 'errorCode');
    if (errorCode !== 0) throw new Error(`${name} could not be made: ${String(errorCode)}`);
    await this.untilLed(name, partitions);
    return { name, topicId: pick(answer, 'topics', 0, 'topicId') as string };
  }

  /** Waits until all partitions are led: Apache Kafka takes a while. */
  async untilLed(name: string, partitions: number): Promise<void> {
    const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1 }));
    await this.until(`${name} to be led`, async () => {
      const answer = await this.quietly('ListOffsets', { topics: [{ name, partitions: asked }] }, { version: 7 });
      return asked.every((_, i) => pick(answer, 'topics', 0, 'partitions', i, 'errorCode') === 0);
    });
  }

  /** Waits until the broker has heard of all changes to configs so far. */
  async untilHeard(): Promise<void> {
    this.#marker ??= this.topic('marker');
    const { name } = await this.#marker;
    const value = String(1_000_000 + ++marks);
    const resource = { resourceType: 2, resourceName: name };
    const configs = [{ name: 'retention.ms', configOperation: 0, value }];
    await this.quietly('IncrementalAlterConfigs', { resources: [{ ...resource, configs }] }, { version: 1 });
    await this.until('changes of configs', async () => {
      const wanted = { resources: [{ ...resource, configurationKeys: ['retention.ms'] }] };
      const answer = await this.quietly('DescribeConfigs', wanted, { version: 4 });
      return pick(answer, 'results', 0, 'configs', 0, 'value') === value;
    });
    await sleep(30);
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 60_000; !(await holds()); await sleep(10)) {
      if (Date.now() > deadline) throw new Error(`waited a minute for ${what}`);
    }
  }

  /** Ends the conversation: what was noted takes its final form. */
  close(): void {
    for (const wire of this.#opened) wire.close();
    for (const step of this.steps) step.outcome = settled(step.outcome);
  }

  async #connected(): Promise<WireClient> {
    if (this.#wire === undefined) {
      this.#wire = await WireClient.connect(this.address.port, this.address.host);
      this.#opened.push(this.#wire);
    }
    return this.#wire;
  }
}

function within<T>(limitMs: number, answer: Promise<T>): Promise<T | 'silence'> {
  return new Promise<T | 'silence'>((resolve, reject) => {
    const timer = setTimeout(() => resolve('silence'), limitMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const settled = (outcome: unknown): unknown => (outcome instanceof Answer ? outcome.form() : outcome);

let marks = 0;

/** A long answer names hosts and ids: that it came must do. */
const shown = (frame: Buffer): string => (frame.length > 64 ? 'answered' : frame.toString('hex'));
