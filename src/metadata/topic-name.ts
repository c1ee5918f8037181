const MAX_LENGTH = 249;
const LEGAL = /^[a-zA-Z0-9._-]+$/;

/** The topic that holds the metadata log itself; nobody may create it. */
export const METADATA_TOPIC = '__cluster_metadata';

/** What is wrong with a topic name, or undefined (the rules of Kafka's Topic.validate). */
export function topicNameProblem(name: string): string | undefined {
  if (name === '') return 'a topic name may not be empty';
  if (name === '.' || name === '..') return `a topic may not be named '${name}'`;
  if (name.length > MAX_LENGTH) return `a topic name has at most ${MAX_LENGTH} characters, this one has ${name.length}`;
  if (!LEGAL.test(name)) return `a topic name holds only letters, digits, '.', '_' and '-', which '${name}' does not`;
  return undefined;
}

/** Whether a topic may be called so. */
export function isValidTopicName(name: string): boolean {
  return topicNameProblem(name) === undefined;
}

/** Names that are equal here become the same metric name, so no two topics should have them; undefined for most names. */
export function collisionKey(name: string): string | undefined {
  return /[._]/.test(name) ? name.replaceAll('.', '_') : undefined;
}
