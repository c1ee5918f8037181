import type { Message } from '../../../src/wire/index.ts';
import { conversation, type Conversation } from '../conversation.ts';
import { apiNamed, servedVersions, type Talk } from '../talk.ts';
import { exclusions, tellOfEverything } from './exclusions.ts';
import type { Said } from '../fit.ts';
import { oddFrames, type OddFrame } from './frames.ts';
import { meaningful, smallest, unknownId, variants } from './values.ts';

/** How long a broker may think about a request that was made from its schema: a busy machine is given time. */
const limitMs = 30_000;

/** The conversations that every API gets for nothing: requests made from its schema, good ones and odd ones. */
export function fromSchema(api: string): Conversation[] {
  const alone = tellOfEverything.has(api);
  const { request } = apiNamed(api);
  return [
    conversation(api, 'made from the schema', (talk) => askValues(talk, api, request), { alone }),
    conversation(api, 'odd frames made from the schema', (talk) => sendFrames(talk, api, request), { alone }),
  ];
}

const isExcluded = (api: string, version: number, label: string): boolean =>
  exclusions.some(({ question }) => question.test(`${api} v${version}: ${label}`));

/** Makes things to ask about: a topic only where a request can name it, and each time a name that nothing has. */
async function maker(talk: Talk, request: Message): Promise<(id?: string) => Said> {
  const { shape } = request;
  const { version } = talk;
  const placeholder = { topic: 'the topic', topicId: 'its id', fresh: '' };
  const namesTopic = /the topic|its id/.test(JSON.stringify(meaningful(shape, version, placeholder), withoutBigInts));
  const { name, topicId } = namesTopic ? await talk.topic('topic') : { name: '', topicId: '' };
  let asked = 0;
  return (id = topicId) => {
    const fresh = talk.name(`fresh-${String(asked++).padStart(3, '0')}`);
    return meaningful(shape, version, { topic: name, topicId: id, fresh });
  };
}

const withoutBigInts = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? 0 : value);

async function askValues(talk: Talk, api: string, request: Message): Promise<void> {
  const { version } = talk;
  const make = await maker(talk, request);
  const questions = [
    { label: 'default values', value: {} },
    { label: 'one of each', value: smallest(request.shape) },
    { label: 'known things', value: make() },
    ...variants(request.shape, version, make, talk.name('nobody')),
  ];
  for (const { label, value } of questions)
    if (!isExcluded(api, version, label)) await talk.ask(label, api, value, { limitMs });
}

async function sendFrames(talk: Talk, api: string, request: Message): Promise<void> {
  const { version } = talk;
  const make = await maker(talk, request);
  const lies = hasNewForm(api, request, version);
  const frames = (): OddFrame[] => oddFrames(request, version, make(), lies ? make(unknownId) : undefined);
  for (const [i, { label }] of frames().entries()) {
    if (isExcluded(api, version, label)) continue;
    await talk.askFrame(label, api, frames()[i]?.bytes() ?? Buffer.alloc(0), { limitMs });
  }
}

/** Lies about every field are told where the form of the request changes: it is read alike in between. */
function hasNewForm(api: string, { flexibleSince }: Message, version: number): boolean {
  const versions = servedVersions(api);
  return [versions[0], flexibleSince - 1, flexibleSince, versions.at(-1)].includes(version);
}
