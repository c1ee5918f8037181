import { expect, test } from '@jest/globals';
import { SeededRandom } from '../base/index.ts';
import { arbitraryMessage, everyMessage, versionsOf } from './arbitrary-message.check.ts';
import { CreateTopicsRequest, MetadataRequest, ProduceResponse } from './messages/index.ts';
import { defaults, planFor } from './plan.ts';
import { encodeMessage } from './whole-message.ts';
import { WireError } from './wire-error.ts';

test('no value takes fewer bytes than the plan says', () => {
  for (const message of everyMessage) {
    for (const version of versionsOf(message)) {
      const value = arbitraryMessage(message, version, new SeededRandom(version + 1));
      expect(encodeMessage(message, version, value).length).toBeGreaterThanOrEqual(
        planFor(message, version).leastBytes,
      );
    }
  }
});

test('defaults are those of Kafka, and fresh each time', () => {
  expect(defaults(MetadataRequest, 12)).toEqual({
    topics: [],
    allowAutoTopicCreation: true,
    includeClusterAuthorizedOperations: false,
    includeTopicAuthorizedOperations: false,
  });
  expect(defaults(CreateTopicsRequest, 7)).toEqual({ topics: [], timeoutMs: 60000, validateOnly: false });
  expect(defaults(ProduceResponse, 12).responses).not.toBe(defaults(ProduceResponse, 12).responses);
  expect(() => defaults(MetadataRequest, 99)).toThrow(WireError);
});

test('tagged fields are in the order of their tags, whatever the order of the schema', () => {
  for (const message of everyMessage) {
    for (const version of versionsOf(message)) {
      const tags = planFor(message, version).tagged.map(({ tag }) => tag as number);
      expect(tags).toEqual(tags.toSorted((a, b) => a - b));
    }
  }
});
