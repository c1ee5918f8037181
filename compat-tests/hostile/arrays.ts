/** Requests whose arrays are very long, for every API that is served: drawn from the schemas. */
import { defaults, encodeRequestFrame, type Field, type Message } from '../../src/wire/index.ts';
import { ZERO_UUID } from '../../src/base/index.ts';
import { apis } from '../../src/wire/messages/index.ts';

export interface Long {
  /** `Metadata v13 topics x 200000` */
  readonly name: string;
  readonly frame: Buffer;
}

const ELEMENTS = 50_000;

/** A topic that is there: what is said of it may be much longer than the question. */
export interface Known {
  readonly name: string;
  readonly topicId: string;
}

/** One frame for each array of each API's newest version, which names either the one known topic, or a new one each time. */
export function* longArrays(known: Known, isServed: (apiKey: number) => boolean): Generator<Long> {
  for (const { name, apiKey, request } of apis.values()) {
    if (!isServed(apiKey)) continue;
    const version = request.versions[1];
    for (const [field, array] of Object.entries(request.shape)) {
      if (array.spec.kind !== 'array' || version < array.spec.since || version > array.spec.until) continue;
      for (const naming of ['known', 'unknown'] as const) {
        const value = {
          ...(defaults(request, version) as object),
          ...harmless(request, version),
          [field]: Array.from({ length: ELEMENTS }, (_, i) =>
            element(
              array.spec.element as Field,
              version,
              naming === 'known' ? known : { ...known, name: `n${i}`, topicId: ZERO_UUID },
            ),
          ),
        };
        yield { name: `${name} v${version} ${field}, ${naming}`, frame: encoded(request, version, value) };
      }
    }
  }
}

function encoded(request: Message, version: number, value: object): Buffer {
  return Buffer.concat(encodeRequestFrame(request, version, { correlationId: 1, clientId: 'arrays' }, value as never));
}

/** An answer is wanted, at once. */
function harmless(request: Message, version: number): object {
  const told: Readonly<Record<string, unknown>> = {
    acks: 1,
    maxWaitMs: 0,
    groupId: 'arrays',
    allowAutoTopicCreation: false,
    validateOnly: true,
  };
  const carried = ({ spec }: Field): boolean => version >= spec.since && version <= spec.until;
  return Object.fromEntries(
    Object.entries(told).filter(([name]) => request.shape[name] !== undefined && carried(request.shape[name])),
  );
}

/** An element with its names filled in, and one element in the arrays below it. */
function element({ spec }: Field, version: number, known: Known): unknown {
  if (spec.kind === 'string') return known.name;
  if (spec.kind === 'uuid') return known.topicId;
  if (spec.kind === 'array') return [element(spec.element as Field, version, known)];
  if (spec.kind === 'records') return Buffer.alloc(0);
  if (spec.kind !== 'struct') return spec.default;
  return Object.fromEntries(
    Object.entries(spec.shape ?? {})
      .filter(([, inner]) => version >= inner.spec.since && version <= inner.spec.until && inner.spec.tag === undefined)
      .map(([field, inner]) => [field, field === 'resourceType' ? 2 : element(inner, version, known)]),
  );
}
