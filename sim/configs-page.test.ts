import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { configsPage } from '../scripts/config-coverage.ts';
import {
  brokerConfigs,
  clientMetricsConfigs,
  groupConfigs,
  topicConfigs,
  topicSynonyms,
  type TopicConfigName,
} from '../src/config/index.ts';

test('docs/configs.md says what the definitions say', () => {
  expect(readFileSync(new URL('../docs/configs.md', import.meta.url), 'utf8')).toBe(configsPage());
});

/** Configs that something outside the definitions asks for by name. */
const asked = new Set(
  readdirSync(fileURLToPath(new URL('../src', import.meta.url)), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.endsWith('.check.ts'))
    .filter((path) => !path.startsWith('config/') || /^config\/(listeners|client-metrics-config)[.]ts$/.test(path))
    .map((path) => readFileSync(new URL(`../src/${path}`, import.meta.url), 'utf8'))
    .flatMap((text) => [...text.matchAll(/(?:(?:get|ofListener|valueOf)\(\s*(?:\w+, )?|const name = )'([a-z0-9.]+)'/g)])
    .map(([, name]) => name),
);
/** Those that stand in for another where that is not set, or say within which bounds it may be set. */
const standIns: Readonly<Record<string, string>> = {
  'broker.id': 'node.id',
  'log.dir': 'log.dirs',
  'log.retention.hours': 'log.retention.ms',
  'log.retention.minutes': 'log.retention.ms',
  'log.roll.hours': 'log.roll.ms',
  'log.roll.jitter.hours': 'log.roll.jitter.ms',
  ...Object.fromEntries(
    ['session.timeout.ms', 'heartbeat.interval.ms', 'assignment.interval.ms'].flatMap((name) =>
      ['min', 'max'].map((bound) => [`group.consumer.${bound}.${name}`, `group.consumer.${name}`]),
    ),
  ),
};
/** Asked for to tell others what it says, not to act on it. */
const toldOnly = new Set(['controller.quorum.voters', 'security.inter.broker.protocol']);
/** A node without this one would not be a broker and a controller. */
const always = new Set(['process.roles']);

test('a config is said to be obeyed where something asks for it, and nowhere else', () => {
  for (const { name, obeyed } of topicConfigs.values()) expect([name, obeyed]).toEqual([name, asked.has(name)]);
  for (const { name, obeyed } of groupConfigs.values()) expect([name, obeyed]).toEqual([name, asked.has(name)]);
  for (const { name, obeyed } of clientMetricsConfigs.values()) expect([name, obeyed]).toEqual([name, asked.has(name)]);
  const throughTopics = new Set(
    [...topicConfigs.values()]
      .filter(({ obeyed }) => obeyed)
      .map(({ name }) => topicSynonyms[name as TopicConfigName] as string | undefined),
  );
  const isAsked = (name: string): boolean => asked.has(name) || throughTopics.has(name) || always.has(name);
  const expected = [...brokerConfigs.keys()].filter(
    (name) => !toldOnly.has(name) && (isAsked(name) || isAsked(standIns[name] ?? name)),
  );
  const claimed = [...brokerConfigs.values()].filter(({ obeyed }) => obeyed).map(({ name }) => name);
  expect(claimed).toEqual(expected);
});
