/**
 * Writes docs/protocol.md: which APIs are served, from the routes themselves, beside all that Apache Kafka 4.3 has.
 *   npx tsx scripts/protocol-coverage.ts           writes it
 *   npx tsx scripts/protocol-coverage.ts --check   exits 1 where it is not up to date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { routes, type Rooms } from '../src/server/index.ts';
import { apis } from '../src/wire/messages/index.ts';

const file = fileURLToPath(new URL('../docs/protocol.md', import.meta.url));

/** Routes are made without being run: none of the rooms is entered. */
const nowhere = {} as Rooms;

const range = ([low, high]: readonly [number, number]): string => (low === high ? `${low}` : `${low}-${high}`);

export function protocolPage(): string {
  const served = new Map(
    routes({
      ...nowhere,
      config: () => {
        throw new Error('not entered');
      },
    }).map((route) => [route.apiKey, route]),
  );
  const rows = [...apis.values()]
    .filter(({ listeners }) => listeners.includes('broker'))
    .sort((a, b) => a.apiKey - b.apiKey)
    .map(({ apiKey, name, request }) => {
      const route = served.get(apiKey);
      const authorize =
        route === undefined
          ? ''
          : route.authorize.resource === 'none'
            ? 'anyone'
            : `${route.authorize.operation} on ${route.authorize.resource}`;
      return `| ${apiKey} | ${name} | ${range(request.versions)} | ${route === undefined ? '' : range(route.versions)} | ${authorize} |`;
    });
  return `# APIs and versions

Written by \`npx tsx scripts/protocol-coverage.ts\` from the routes and the message definitions. What is not served is not
advertised. What is authorised is said for each route; everything is allowed until there is an authorizer. Produce is
advertised from version 0, as Apache Kafka does for the sake of librdkafka, and served from 3.

${served.size} of ${rows.length} APIs of the broker's listeners are served.

| key | API | versions in Kafka 4.3 | served | authorised |
| --: | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) writeFileSync(file, protocolPage());
  else if (readFileSync(file, 'utf8') !== protocolPage()) {
    console.error('docs/protocol.md is not up to date: npx tsx scripts/protocol-coverage.ts');
    process.exit(1);
  }
}
