/** Subscriptions by expression: which topics match is looked up beside the heartbeats, and kept in the log (KIP-848). */
import { ErrorCode } from '../wire/index.ts';
import { countTopics, type Group } from './consumer-group.ts';
import { groupRecord, regexTombstone } from './consumer-group-records.ts';
import { regexOf } from './consumer-member.ts';
import { regexesWith, type MemberUpdate } from './consumer-subscriptions.ts';
import { groupWatch } from './consumer-watch.ts';
import { GroupChange } from './group-change.ts';
import { metadataHash } from './metadata-hash.ts';
import { Refusal } from './refusal.ts';
import type { Step } from './step.ts';
import { flawOf, matching } from './topic-regex.ts';

/** Least time between two look-ups of a group, whatever asks for one. */
const MIN_REFRESH_INTERVAL_MS = 10_000;

/** `resolved`: what the member subscribes to now is known already. */
export type RegexUpdate = 'unchanged' | 'updated' | 'resolved';

/** Has the group's expressions looked up, if that is due (GroupMetadataManager.maybeUpdateRegularExpressions). */
export function updateRegexes(
  step: Step,
  change: GroupChange,
  { groupId, group, update }: { groupId: string; group: Group; update: MemberUpdate },
): RegexUpdate | Refusal {
  const before = regexOf(update.before);
  const after = regexOf(update.after);
  let outcome: RegexUpdate = 'unchanged';
  let isNew = false;
  if ((update.before.subscribedTopicRegex ?? '') !== (update.after.subscribedTopicRegex ?? '')) {
    outcome = 'updated';
    if (before !== undefined && group.regexSubscribers.get(before) === 1) change.write(regexTombstone(groupId, before));
    if (after === undefined) outcome = 'resolved';
    else if (!group.regexSubscribers.has(after)) {
      const flaw = flawOf(after);
      if (flaw !== undefined) return invalid(after, flaw);
      isNew = true;
    } else if (group.regexes.has(after)) outcome = 'resolved';
  }
  if (!isNew && group.regexSubscribers.size === 0) return outcome;

  const [last] = group.regexes.values();
  const lastMs = last?.timestamp ?? -Infinity;
  const { resolving = [] } = step.soft.consumer.get(groupId) ?? {};
  if (resolving.length > 0 || step.now <= lastMs + MIN_REFRESH_INTERVAL_MS) return outcome;
  const subscribed = [...regexesWith(group, update.before, update.after).keys()];
  const isDue =
    isNew ||
    subscribed.length !== group.regexes.size ||
    (last?.version ?? 0) < step.environment.newestTopicAt() ||
    step.now > lastMs + step.config.consumer.regexRefreshIntervalMs;
  if (isDue && subscribed.length > 0) {
    change.then(() => {
      const watch = groupWatch(step, groupId);
      watch.resolving = subscribed;
      step.soft.deadlines.set(watch.regexes, step.now);
    });
  }
  return outcome;
}

function invalid(regex: string, flaw: string): Refusal {
  return new Refusal(
    ErrorCode.INVALID_REGULAR_EXPRESSION,
    `SubscribedTopicRegex \`${regex}\` is not a valid regular expression: ${flaw}.`,
  );
}

/** Matches the expressions with the topics as they are now; the group's epoch rises if others match than before. */
export function resolveRegexes(step: Step, groupId: string): void {
  const watch = groupWatch(step, groupId);
  const asked = watch.resolving;
  watch.resolving = [];
  const group = step.consumerGroup(groupId);
  if (group === undefined) return;
  const image = step.environment.image();
  const regexes = asked.filter((regex) => group.regexSubscribers.has(regex));
  const subscriptions = new Map(group.subscriptions);
  const change = new GroupChange();
  let hasChanged = false;
  for (const [regex, topics] of matching(regexes, topicNames(image.topics))) {
    const before = group.regexes.get(regex)?.topics ?? [];
    if (!isSameSet(before, topics)) {
      hasChanged = true;
      countTopics(subscriptions, before, { byName: 0, byRegex: -1 });
      countTopics(subscriptions, topics, { byName: 0, byRegex: 1 });
    }
    const value = { topics, version: image.position.offset, timestamp: step.now };
    change.write({ type: 'consumerGroupRegex', groupId, regex, value });
  }
  const hash = metadataHash(subscriptions.keys(), image);
  if (hasChanged || hash !== group.metadataHash) {
    change.write(groupRecord(groupId, group.groupEpoch + 1, hash));
    watch.topics = image.topics;
  }
  change.apply(step);
}

function* topicNames(topics: Iterable<{ readonly name: string }>): Generator<string> {
  for (const { name } of topics) yield name;
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  const there = new Set(a);
  return there.size === new Set(b).size && b.every((each) => there.has(each));
}
