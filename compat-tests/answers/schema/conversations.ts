import type { Message } from '../../../src/wire/index.ts';
import { conversation, type Conversation } from '../conversation.ts';
import { apiNamed, servedVersions, type Talk } from '../talk.ts';
import { exclusions, tellOfEverything } from './exclusions.ts';
import { oddFrames } from './frames.ts';
import { meaningful, smallest, variants, type Known } from './values.ts';

/** How long a broker may think about a request that was made from its schema: some are never answered. */
const limitMs = 4000;

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

async function known(talk: Talk): Promise<(label: string) => Known> {
  const { name, topicId } = await talk.topic('topic');
  let asked = 0;
  return () => ({ topic: name, topicId, fresh: talk.name(`fresh-${asked++}`) });
}

async function askValues(talk: Talk, api: string, request: Message): Promise<void> {
  const { version } = talk;
  const things = await known(talk);
  const make = () => meaningful(request.shape, version, things(''));
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
  const things = await known(talk);
  const value = meaningful(request.shape, version, things(''));
  for (const { label, bytes } of oddFrames(request, version, value, hasNewForm(api, request, version)))
    if (!isExcluded(api, version, label)) await talk.askFrame(label, api, bytes, { limitMs });
}

/** Lies about every field are told where the form of the request changes: it is read alike in between. */
function hasNewForm(api: string, { flexibleSince }: Message, version: number): boolean {
  const versions = servedVersions(api);
  return [versions[0], flexibleSince - 1, flexibleSince, versions.at(-1)].includes(version);
}
