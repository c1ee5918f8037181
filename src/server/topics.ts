/** Topics that the broker keeps for itself: clients neither write to them nor are shown them as theirs. */
const INTERNAL_TOPICS: ReadonlySet<string> = new Set([
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
]);

export const isInternalTopic = (name: string): boolean => INTERNAL_TOPICS.has(name);
