import {
  codec,
  encodeResponseFrame,
  type Chunk,
  type Infer,
  type Input,
  type Message,
  type Reader,
} from '../wire/index.ts';
import type { ConnectionContext } from './connection-context.ts';

/** What a client may be allowed to do (org.apache.kafka.common.acl.AclOperation). */
export type Operation =
  | 'Read'
  | 'Write'
  | 'Create'
  | 'Delete'
  | 'Alter'
  | 'Describe'
  | 'ClusterAction'
  | 'DescribeConfigs'
  | 'AlterConfigs'
  | 'IdempotentWrite';

/** What it is allowed on. `none` where anyone may ask. */
export type ResourceKind = 'Topic' | 'Group' | 'Cluster' | 'TransactionalId' | 'Config' | 'none';

/** Facts about one request beside its body. */
export interface RequestContext {
  readonly version: number;
  readonly clientId: string | null;
  readonly connection: ConnectionContext;
  /** How large the answer may be at most, in bytes; smaller while many answers wait for slow readers. */
  readonly maxReplyBytes: number;
}

/** A request and its response; both messages carry the same api key and versions. */
export interface Api<Q extends Message, P extends Message> {
  readonly request: Q;
  readonly response: P;
}

export const api = <Q extends Message, P extends Message>(request: Q, response: P): Api<Q, P> => ({
  request,
  response,
});

/** What an answer with no answer is: Produce with acks=0. */
export const noReply: unique symbol = Symbol('no reply');

export interface RouteOptions<Q extends Message> {
  /** What is authorised, on what, before the handler does its work. */
  readonly authorize: { readonly operation: Operation; readonly resource: ResourceKind };
  /** Versions served, where they are fewer than the message has (an unstable latest version). */
  readonly versions?: readonly [lowest: number, highest: number];
  /** Versions told to clients, where they differ from those served. */
  readonly advertised?: readonly [lowest: number, highest: number];
  /** Whether clients are not told of it at the moment; it is answered all the same. */
  readonly hidden?: () => boolean;
  /** Several of these may be under way on one connection. Off: answered one at a time, as Apache Kafka does. */
  readonly pipelined?: boolean;
  /** What has to be loaded before this request, and any later one of its connection, may begin. */
  readonly preparation?: (request: Infer<Q>, context: RequestContext) => Promise<void> | undefined;
}

export interface Route {
  readonly apiKey: number;
  readonly name: string;
  readonly versions: readonly [lowest: number, highest: number];
  readonly advertised: readonly [lowest: number, highest: number];
  readonly authorize: { readonly operation: Operation; readonly resource: ResourceKind };
  /** Whether clients are not told of it at the moment. */
  hidden(): boolean;
  readonly pipelined: boolean;
  readonly request: Message;
  readonly response: Message;
  /** Decodes a body. Throws WireError. */
  read(reader: Reader, version: number): unknown;
  preparation(request: unknown, context: RequestContext): Promise<void> | undefined;
  /** Runs up to the handler's first wait before it returns: arrival order is handling order. The reply may be `noReply`. */
  handle(request: unknown, context: RequestContext): unknown;
  /** A reply as a response frame. Throws WireError. */
  encode(reply: unknown, version: number, correlationId: number): Chunk[];
}

/** Ties a pair of messages to the function that answers. What is routed is what ApiVersions tells. */
export function route<Q extends Message, P extends Message>(
  { request, response }: Api<Q, P>,
  options: RouteOptions<Q>,
  answer: (request: Infer<Q>, context: RequestContext) => Promise<Input<P> | typeof noReply> | Input<P>,
): Route {
  const versions = options.versions ?? request.versions;
  return {
    apiKey: request.apiKey,
    name: request.name.replace(/Request$/, ''),
    versions,
    advertised: options.advertised ?? versions,
    authorize: options.authorize,
    hidden: () => options.hidden?.() ?? false,
    pipelined: options.pipelined ?? false,
    request,
    response,
    read: (reader, version) => codec(request, version).decode(reader),
    preparation: (body, context) => options.preparation?.(body as Infer<Q>, context),
    handle: (body, context) => answer(body as Infer<Q>, context),
    encode: (reply, version, correlationId) => encodeResponseFrame(response, version, correlationId, reply as Input<P>),
  };
}
