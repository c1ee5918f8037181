import type { Clock, Logger } from '../base/index.ts';
import {
  encodeResponseFrame,
  ErrorCode,
  explain,
  Reader,
  readRequestHeader,
  WireError,
  type Chunk,
  type RequestFrameHeader,
} from '../wire/index.ts';
import type { ConnectionContext } from './connection-context.ts';
import { ApiVersionsResponse } from '../wire/messages/index.ts';
import type { RequestMetrics, RequestTiming } from './request-metrics.ts';
import { noReply, type RequestContext, type Route } from './route.ts';

const API_VERSIONS = 18;

/**
 * The frame that answers a request, at once or later. Rejects where the connection must be closed; the reason is the error's
 * message. No chunks: no answer is owed.
 */
type Reply = readonly Chunk[] | Promise<readonly Chunk[]>;

/** A request that has begun: what later ones must wait for, and the frame that will answer it. */
export interface Begun {
  readonly ready: Promise<void> | undefined;
  readonly reply: Reply;
  /** To be told when the answer leaves. Undefined where nobody measures. */
  readonly timing: RequestTiming | undefined;
}

/** Why a connection is closed instead of answered: the protocol has no error code for it. */
export class RefusedRequestError extends Error {
  override name = 'RefusedRequestError';
}

const nothing: readonly Chunk[] = [];

/** The stages a request goes through: header, route, version, (authentication), body, preparation, handler, answer. */
export class Pipeline {
  readonly #routes = new Map<number, Route>();
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #metrics: RequestMetrics | undefined;
  readonly #maxReplyBytes: number;
  readonly #maxUnsentBytes: number;
  /** Bytes of answers that are made but not yet handed to a socket, over all connections. */
  #outstandingBytes = 0;

  /**
   * @param maxReplyBytes how large one answer may be, where its API can give less than asked
   * @param maxUnsentBytes when this much waits for slow readers, answers become as small as they can be
   */
  constructor(
    routes: readonly Route[],
    options: {
      readonly logger: Logger;
      readonly clock: Clock;
      readonly metrics: RequestMetrics | undefined;
      readonly maxReplyBytes: number;
      readonly maxUnsentBytes: number;
    },
  ) {
    for (const route of routes) this.#routes.set(route.apiKey, route);
    this.#logger = options.logger;
    this.#clock = options.clock;
    this.#metrics = options.metrics;
    this.#maxReplyBytes = options.maxReplyBytes;
    this.#maxUnsentBytes = options.maxUnsentBytes;
  }

  isPipelined(apiKey: number): boolean {
    return this.#routes.get(apiKey)?.pipelined ?? false;
  }

  /**
   * Runs a request up to its handler's first await. Never throws: what cannot be answered rejects `reply`.
   * @param arrivedMs when the frame was whole, by `Clock.elapsed`
   */
  begin(frame: Buffer, connection: ConnectionContext, arrivedMs: number): Begun {
    try {
      return this.#begin(frame, connection, arrivedMs);
    } catch (error) {
      return { ready: undefined, reply: rejected(error), timing: undefined };
    }
  }

  #begin(frame: Buffer, connection: ConnectionContext, arrivedMs: number): Begun {
    const reader = new Reader(frame);
    const header = readRequestHeader(reader, (apiKey) => this.#routes.get(apiKey)?.request.flexibleSince);
    connection.lastClientId = header.clientId;
    const route = this.#routes.get(header.apiKey);
    if (route === undefined) throw new RefusedRequestError(`api key ${header.apiKey} is not served`);
    const [lowest, highest] = route.versions;
    if (header.apiVersion < lowest || header.apiVersion > highest) {
      if (header.apiKey === API_VERSIONS)
        return {
          ready: undefined,
          reply: unsupportedApiVersions(route, header),
          timing: undefined,
        };
      throw new RefusedRequestError(
        `${route.name} version ${header.apiVersion} is not served (${lowest} to ${highest} are)`,
      );
    }
    const request = this.#read(route, reader, header);
    const context: RequestContext = {
      version: header.apiVersion,
      clientId: header.clientId,
      connection,
      maxReplyBytes: this.isCrowded ? 0 : this.#maxReplyBytes,
    };
    const timing = this.#metrics?.begin(route, { version: header.apiVersion, bytes: frame.length, arrivedMs });
    const preparation = route.preparation(request, context);
    const answer = (): Reply => this.#answer(route, request, context, header, timing);
    if (preparation === undefined) return { ready: undefined, reply: answer(), timing };
    return { ready: preparation, reply: preparation.then(answer), timing };
  }

  #read(route: Route, reader: Reader, header: RequestFrameHeader): unknown {
    try {
      return route.read(reader, header.apiVersion);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      const field = explain(route.request, header.apiVersion, reader.buffer.subarray(header.bodyAt));
      throw new RefusedRequestError(`malformed ${route.name} version ${header.apiVersion}: ${field}`);
    }
  }

  /** Promises cost more than the rest of a small request: there is one where something is waited for, else none. */
  #answer(
    route: Route,
    request: unknown,
    context: RequestContext,
    header: RequestFrameHeader,
    timing: RequestTiming | undefined,
  ): Reply {
    const encode = (reply: unknown): readonly Chunk[] => {
      try {
        if (reply === noReply) return nothing;
        timing?.replied(reply);
        return route.encode(reply, header.apiVersion, header.correlationId);
      } catch (error) {
        throw this.#failed(error, route, context, header);
      } finally {
        timing?.ended(this.#clock.elapsed());
      }
    };
    const fail = (error: unknown): never => {
      timing?.ended(this.#clock.elapsed());
      throw this.#failed(error, route, context, header);
    };
    timing?.begun(this.#clock.elapsed());
    let reply: unknown;
    try {
      reply = route.handle(request, context);
    } catch (error) {
      return fail(error);
    }
    timing?.waits(this.#clock.elapsed());
    return reply instanceof Promise ? reply.then(encode, fail) : encode(reply);
  }

  #failed(error: unknown, route: Route, context: RequestContext, header: RequestFrameHeader): RefusedRequestError {
    if (error instanceof RefusedRequestError) return error;
    this.#logger.error(`${route.name} version ${header.apiVersion} failed`, {
      client: header.clientId,
      address: context.connection.clientAddress,
      error,
    });
    return new RefusedRequestError(`${route.name} could not be answered`);
  }

  /** Of answers that no socket has taken yet. */
  get outstandingBytes(): number {
    return this.#outstandingBytes;
  }

  /** So much waits for slow readers that whatever is sent next should be small. */
  get isCrowded(): boolean {
    return this.#outstandingBytes > this.#maxUnsentBytes;
  }

  /** Counts an answer on its way to a socket. The caller calls what is returned when the socket has taken it, or is gone. */
  outstanding(bytes: number): () => void {
    this.#outstandingBytes += bytes;
    return () => void (this.#outstandingBytes -= bytes);
  }
}

async function rejected(error: unknown): Promise<never> {
  throw error;
}

/**
 * ApiVersions of a version we don't know is answered in version 0 with UNSUPPORTED_VERSION, naming only the
 * versions of ApiVersions itself, so that the client can ask again (KIP-511).
 */
function unsupportedApiVersions(route: Route, header: RequestFrameHeader): readonly Chunk[] {
  const [minVersion, maxVersion] = route.advertised;
  const reply = {
    errorCode: ErrorCode.UNSUPPORTED_VERSION,
    apiKeys: [{ apiKey: API_VERSIONS, minVersion, maxVersion }],
  };
  return encodeResponseFrame(ApiVersionsResponse, 0, header.correlationId, reply);
}
