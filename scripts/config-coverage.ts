/**
 * Writes docs/configs.md: every config of Apache Kafka 4.3, and whether Ottla acts on it.
 *   npx tsx scripts/config-coverage.ts           writes it
 *   npx tsx scripts/config-coverage.ts --check   exits 1 where it is not up to date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  brokerConfigs,
  clientMetricsConfigs,
  groupConfigs,
  topicConfigs,
  type ConfigDefinition,
} from '../src/config/index.ts';

const file = fileURLToPath(new URL('../docs/configs.md', import.meta.url));

const scopes = { 'read-only': 'at start', 'per-broker': 'per broker', 'cluster-wide': 'any time' } as const;
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('<', '&lt;');
const code = (text: string | null): string => (text === null ? '' : text === '' ? 'empty' : `\`${text}\``);

type Table = ReadonlyMap<string, ConfigDefinition>;

const listed = (table: Table): ConfigDefinition[] => [...table.values()].filter(({ internal }) => !internal);

function section(title: string, table: Table, withScope: boolean): string[] {
  const all = listed(table);
  const rows = all.map(({ name, type, defaultValue, scope, obeyed, doc }) => {
    const changes = withScope ? ` ${scopes[scope]} |` : '';
    return `| \`${name}\` | ${type} | ${code(defaultValue)} |${changes} ${obeyed ? 'yes' : 'not yet'} | ${cell(doc)} |`;
  });
  return [
    `## ${title}`,
    '',
    `${all.filter(({ obeyed }) => obeyed).length} of ${all.length} are obeyed.`,
    '',
    `| config | type | default |${withScope ? ' changes |' : ''} obeyed | what it says |`,
    `| --- | --- | --- |${withScope ? ' --- |' : ''} --- | --- |`,
    ...rows,
    '',
  ];
}

export function configsPage(): string {
  return [
    '# Every config, and whether it is obeyed',
    '',
    'Written by `npx tsx scripts/config-coverage.ts` from the definitions. All configs of Apache Kafka 4.3 are known, with its',
    'types, defaults and rules, and are described as it describes them. Those that are obeyed act as there; those that change',
    'at any time act without a restart. What is not obeyed yet is kept and described, and named once at start where it was set.',
    '',
    ...section('Broker configs', brokerConfigs, true),
    ...section('Topic configs', topicConfigs, false),
    ...section('Group configs', groupConfigs, false),
    ...section('Client metrics subscriptions', clientMetricsConfigs, false),
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) writeFileSync(file, configsPage());
  else if (readFileSync(file, 'utf8') !== configsPage()) {
    console.error('docs/configs.md is not up to date: npx tsx scripts/config-coverage.ts');
    process.exit(1);
  }
}
