import { Histogram } from '../base/index.ts';
import type { Message } from '../wire/index.ts';
import { errorCounter } from './error-counts.ts';

const BOUNDS_MS = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000];

/** Kafka's versions of an API are below it by far. */
const VERSIONS = 32;

/** Where the time of a request goes (Kafka's RequestMetrics), in the order in which they follow each other. */
export const PHASES = ['queue', 'local', 'remote', 'responseQueue', 'responseSend', 'total'] as const;
export type Phase = (typeof PHASES)[number];

/** What was asked of one API: plain numbers, for whoever looks at them. */
export class ApiMetrics {
  readonly name: string;
  /** By version. */
  readonly requests = new Float64Array(VERSIONS);
  /** In the answers, by error code; one answer may hold many. */
  readonly errors = new Map<number, number>();
  /** ms */
  readonly times: Readonly<Record<Phase, Histogram>> = {
    queue: new Histogram(BOUNDS_MS),
    local: new Histogram(BOUNDS_MS),
    remote: new Histogram(BOUNDS_MS),
    responseQueue: new Histogram(BOUNDS_MS),
    responseSend: new Histogram(BOUNDS_MS),
    total: new Histogram(BOUNDS_MS),
  };
  requestBytes = 0;
  responseBytes = 0;
  inProgress = 0;
  readonly #countErrors: ReturnType<typeof errorCounter>;

  constructor(name: string, response: Message) {
    this.name = name;
    this.#countErrors = errorCounter(response);
  }

  replied(reply: unknown): void {
    this.#countErrors(reply, this.errors);
  }
}

/** The way of one request, stage by stage. All moments are those of `Clock.elapsed`. */
export class RequestTiming {
  readonly #api: ApiMetrics;
  readonly #arrivedMs: number;
  #lastMs: number;

  constructor(api: ApiMetrics, version: number, bytes: number, arrivedMs: number) {
    this.#api = api;
    this.#arrivedMs = this.#lastMs = arrivedMs;
    api.requests[version] = (api.requests[version] ?? 0) + 1;
    api.requestBytes += bytes;
    api.inProgress++;
  }

  #reached(phase: Phase, now: number): void {
    this.#api.times[phase].add(now - this.#lastMs);
    this.#lastMs = now;
  }

  /** Its handler begins. */
  begun(now: number): void {
    this.#reached('queue', now);
  }

  /** The handler has done what it could in one turn of the event loop. */
  waits(now: number): void {
    this.#reached('local', now);
  }

  replied(reply: unknown): void {
    this.#api.replied(reply);
  }

  /** The answer is there, or it is settled that there will be none. */
  ended(now: number): void {
    this.#reached('remote', now);
    this.#api.inProgress--;
  }

  /** It is the answer's turn on its connection. */
  sending(bytes: number, now: number): void {
    this.#reached('responseQueue', now);
    this.#api.responseBytes += bytes;
  }

  /** The system has taken the answer, or the client is gone. */
  sent(now: number): void {
    this.#reached('responseSend', now);
    this.#api.times.total.add(now - this.#arrivedMs);
  }
}

/** What was asked of all APIs. */
export class RequestMetrics {
  readonly apis = new Map<number, ApiMetrics>();

  begin(
    api: { readonly apiKey: number; readonly name: string; readonly response: Message },
    { version, bytes, arrivedMs }: { readonly version: number; readonly bytes: number; readonly arrivedMs: number },
  ): RequestTiming {
    let metrics = this.apis.get(api.apiKey);
    if (metrics === undefined) this.apis.set(api.apiKey, (metrics = new ApiMetrics(api.name, api.response)));
    return new RequestTiming(metrics, version, bytes, arrivedMs);
  }
}
