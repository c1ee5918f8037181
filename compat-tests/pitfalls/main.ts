/** Holds every row of sim/pitfalls against Apache Kafka and Ottla: what jest expects of Ottla is what Apache Kafka does. */
import { parseArgs } from 'node:util';
import { brokerConfig, rows, Stage } from '../../sim/pitfalls/index.ts';
import { Broker, type BrokerKind } from '../brokers.ts';
import { Tally } from '../tally.ts';

const { values: options } = parseArgs({
  options: { broker: { type: 'string', default: 'both' }, only: { type: 'string', default: '' } },
});
const kinds: readonly BrokerKind[] = (['apache', 'ottla'] as const).filter(
  (kind) => options.broker === 'both' || options.broker === kind,
);
const singleNode = { 'offsets.topic.replication.factor': '1' };
const tally = new Tally('pitfalls');

await Promise.all(
  kinds.map(async (kind) => {
    let broker: Broker | undefined;
    try {
      broker = await Broker.start(kind, { ...singleNode, ...brokerConfig });
      for (const { id, what, run } of rows) {
        if (!`${id} ${what}`.includes(options.only)) continue;
        const stage = new Stage(broker.port);
        await tally.check(`${kind}: ${id} ${what}`, () => run(stage), 30_000);
        stage.closeAll();
      }
    } catch (error) {
      tally.fail(`${kind} comes up`, error);
    } finally {
      await broker?.dispose();
    }
  }),
);
tally.close();
process.exit();
