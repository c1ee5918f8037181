import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Broker } from '../brokers.ts';
import { ConnectWorker } from '../connect-worker.ts';
import { readTopic } from '../read-committed.ts';
import { Tally } from '../tally.ts';
import { mavenJars } from '../toolchain.ts';
import { Postgres } from './postgres.ts';

const debezium = '3.5.0.Final';
const rowsAtFirst = 2000;
const rounds = 60;
/** After which round of changes what is killed. */
const kills: Readonly<Record<number, 'worker' | 'broker'>> = { 10: 'broker', 25: 'worker', 45: 'broker' };
const tally = new Tally('debezium');

const tables = `
  create table customers (id bigint primary key, name text not null, region varchar(20), since date);
  create table orders (id bigint primary key, customer bigint, amount numeric(12, 2), paid boolean, weight double precision,
    note text, placed timestamptz, raw bytea);`;

const order = (id: string): string =>
  `(${id}) % 200, round((${id}) * 1.37, 2), (${id}) % 3 = 0, (${id}) / 7.0, nullif('note ' || (${id}) % 5, 'note 0'),
  timestamptz '2026-01-01 00:00:00+00' + (${id}) * interval '97.5 seconds', decode(md5((${id})::text), 'hex')`;

const firstRows = `
  insert into customers select n, 'customer ' || n, 'region ' || n % 7, date '2020-01-01' + n::int from generate_series(0, 199) n;
  insert into orders select n, ${order('n')} from generate_series(0, ${rowsAtFirst - 1}) n;`;

/** Inserts, updates (one of a key too) and deletes, each round in one transaction. */
function changes(round: number): string {
  const from = rowsAtFirst + round * 50;
  return `begin;
    insert into orders select n, ${order('n')} from generate_series(${from}, ${from + 49}) n;
    update orders set paid = not paid, amount = amount + ${round}, note = 'changed ' || ${round} where id % 37 = ${round % 37};
    delete from orders where id % 101 = ${round % 101};
    update customers set region = 'moved ' || ${round}, since = since + 1 where id % 20 = ${round % 20};
    delete from customers where id = ${(round * 7) % 200};
    update orders set id = id + 1000000 where id = ${round * 3 + 1};
    commit;`;
}

const picture = (table: string): string => `select count(*), md5(string_agg(t::text, '|' order by id)) from ${table} t`;

async function pictures(postgres: Postgres, database: string): Promise<string[]> {
  const [customers, orders] = [picture('customers'), picture('orders')];
  return [await postgres.sql(database, customers), await postgres.sql(database, orders)];
}

/** Until both databases have the same rows. Says where they differ when that takes too long. */
async function untilEqual(postgres: Postgres, worker: ConnectWorker, limitMs: number): Promise<string[]> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const [source, target] = [await pictures(postgres, 'source'), await pictures(postgres, 'target')];
    if (source.join() === target.join()) return source;
    if (Date.now() > deadline)
      assert.fail(`${source.join(' ')} became ${target.join(' ')}; ${worker.lastOutput.slice(-1500)}`);
    for (const name of ['source', 'sink']) await worker.restartFailed(name);
    await sleep(500);
  }
}

/** Each connector with its libraries in a folder of its own, but for what Connect has: two kinds of Jackson do not mix. */
async function plugins(folder: string): Promise<string> {
  const path = join(folder, 'plugins');
  mkdirSync(path, { recursive: true });
  for (const name of ['postgres', 'jdbc']) {
    const jars = await mavenJars(`io.debezium:debezium-connector-${name}:${debezium}`, [
      'org.apache.kafka',
      'com.fasterxml.jackson.core',
    ]);
    symlinkSync(jars, join(path, name));
  }
  return path;
}

const databaseOf = ({ port }: Postgres, name: string): Record<string, string> => ({
  'database.hostname': '127.0.0.1',
  'database.port': `${port}`,
  'database.user': 'ottla',
  'database.password': '',
  'database.dbname': name,
});

async function carry(broker: Broker, postgres: Postgres, folder: string): Promise<void> {
  for (const database of ['source', 'target']) {
    await postgres.sql('postgres', `create database ${database}`);
    await postgres.sql(database, tables);
  }
  await postgres.sql('source', firstRows);
  const converter = 'org.apache.kafka.connect.json.JsonConverter';
  worker = await ConnectWorker.start('worker', {
    address: broker.address,
    folder,
    pluginPath: await plugins(folder),
    converter,
  });
  const connected = worker;
  await tally.check(
    'what is in the tables arrives in the other database',
    async () => {
      await connected.connector('source', {
        'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
        ...databaseOf(postgres, 'source'),
        'topic.prefix': 'shop',
        'plugin.name': 'pgoutput',
        'publication.autocreate.mode': 'filtered',
        'table.include.list': 'public.customers,public.orders',
        'decimal.handling.mode': 'precise',
        'exactly.once.support': 'required',
        'retriable.restart.connector.wait.ms': '500',
        'topic.creation.default.replication.factor': '1',
        'topic.creation.default.partitions': '1',
      });
      await connected.connector('sink', {
        'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector',
        'connection.url': `jdbc:postgresql://127.0.0.1:${postgres.port}/target`,
        'connection.username': 'ottla',
        'connection.password': '',
        topics: 'shop.public.customers,shop.public.orders',
        'insert.mode': 'upsert',
        'delete.enabled': 'true',
        'primary.key.mode': 'record_key',
        'schema.evolution': 'none',
        'consumer.override.metadata.max.age.ms': '2000',
        transforms: 'table',
        'transforms.table.type': 'org.apache.kafka.connect.transforms.RegexRouter',
        'transforms.table.regex': 'shop\\.public\\.(.*)',
        'transforms.table.replacement': '$1',
      });
      console.log(`   ${(await untilEqual(postgres, connected, 120_000)).join(', ')}`);
    },
    250_000,
  );
  await tally.check(
    'inserts, updates and deletes arrive through kill -9 of worker and broker: both databases are equal',
    async () => {
      for (let round = 0; round < rounds; round++) {
        await postgres.sql('source', changes(round));
        await sleep(100);
        const victim = kills[round];
        if (victim === undefined) continue;
        console.log(`   kill -9 of the ${victim} after ${round} rounds of changes`);
        if (victim === 'worker') {
          await connected.kill();
          connected.up();
        } else {
          await broker.kill();
          await broker.up();
        }
        await sleep(3000);
      }
      console.log(`   ${(await untilEqual(postgres, connected, 120_000)).join(', ')}`);
    },
    300_000,
  );
  await tally.check('each change is in its topic once, read committed', async () => {
    const changes = (await readTopic(broker.address, 'shop.public.orders')).filter(({ value }) => value !== '');
    const positions = changes.map(({ value }) => {
      const { payload } = JSON.parse(value) as {
        payload: { op: string; source: { lsn: number }; before: unknown; after: unknown };
      };
      return JSON.stringify([payload.op, payload.source.lsn, payload.before, payload.after]);
    });
    assert.ok(positions.length > rowsAtFirst);
    assert.equal(new Set(positions).size, positions.length);
  });
}

const { values: options } = parseArgs({ options: { broker: { type: 'string', default: 'ottla' } } });
if (options.broker !== 'ottla' && options.broker !== 'apache') {
  console.error('usage: debezium/run [--broker ottla|apache]');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'ottla-debezium-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let broker: Broker | undefined;
let postgres: Postgres | undefined;
let worker: ConnectWorker | undefined;
try {
  [broker, postgres] = await Promise.all([Broker.start(options.broker), Postgres.start()]);
  await carry(broker, postgres, folder);
} catch (error) {
  tally.fail(`Debezium on ${options.broker}`, error);
} finally {
  await worker?.kill();
  await postgres?.dispose();
  await broker?.dispose();
}
tally.close();
process.exit();
