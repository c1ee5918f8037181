import type { Topic, Topics } from '../metadata/index.ts';
import type { Group } from './consumer-group.ts';
import { regexOf, type Member } from './consumer-member.ts';

/** The topics that are there among those that a member subscribes to, by name or by its expression. */
export function subscribedTopicsOf(member: Member, regexes: Group['regexes'], topics: Topics): Topic[] {
  const names = new Set(member.subscribedTopicNames);
  const regex = regexOf(member);
  for (const name of (regex === undefined ? undefined : regexes.get(regex)?.topics) ?? []) names.add(name);
  return [...names].flatMap((name) => topics.byName(name) ?? []);
}
