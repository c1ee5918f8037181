import { conversation, type Conversation } from '../conversation.ts';
import type { Said } from '../fit.ts';
import type { Talk } from '../talk.ts';

const [topicType, brokerType] = [2, 4];
const [set, remove, append, subtract] = [0, 1, 2, 3];

const describe = (talk: Talk, label: string, resources: readonly Said[], more: Said = {}): Promise<Said> =>
  talk.ask(label, 'DescribeConfigs', {
    resources: resources.map((each) => ({ configurationKeys: null, ...each })),
    ...more,
  });

const of = (resourceName: string, resourceType = topicType, more: Said = {}): Said => ({
  resourceType,
  resourceName,
  ...more,
});

export const configConversations: readonly Conversation[] = [
  conversation('DescribeConfigs', 'topics', async (talk) => {
    await talk.ask('default values', 'DescribeConfigs', {});
    const { name } = await talk.topic('described', {
      configs: { 'retention.ms': '1000', 'cleanup.policy': 'compact' },
    });
    await describe(talk, 'all', [of(name)]);
    await describe(talk, 'with synonyms', [of(name)], { includeSynonyms: true });
    await describe(
      talk,
      'with documentation',
      [of(name, topicType, { configurationKeys: ['retention.ms', 'segment.bytes'] })],
      {
        includeDocumentation: true,
      },
    ).then(() => undefined);
    await describe(talk, 'some', [
      of(name, topicType, { configurationKeys: ['segment.bytes', 'retention.ms', 'no.such.config'] }),
    ]);
    await describe(talk, 'none', [of(name, topicType, { configurationKeys: [] })]);
    await describe(talk, 'the same key twice', [
      of(name, topicType, { configurationKeys: ['retention.ms', 'retention.ms'] }),
    ]);
    await describe(talk, 'unknown', [of(talk.name('none'))]);
    await describe(talk, 'no name', [of('')]);
    await describe(talk, 'bad name', [of('a/b')]);
    await describe(talk, 'the same twice', [
      of(name, topicType, { configurationKeys: ['retention.ms'] }),
      of(name, topicType, { configurationKeys: ['segment.ms'] }),
    ]);
    await describe(talk, 'internal', [of('__consumer_offsets')]);
    await describe(talk, 'several', [
      of(name, topicType, { configurationKeys: ['segment.ms'] }),
      of('none-such'),
      of('1', brokerType, { configurationKeys: ['num.partitions'] }),
    ]);
  }),
  conversation(
    'DescribeConfigs',
    'other resources',
    async (talk) => {
      await describe(talk, 'this broker', [of('1', brokerType)]);
      await describe(talk, 'this broker with synonyms', [of('1', brokerType)], { includeSynonyms: true });
      await describe(
        talk,
        'some of this broker',
        [
          of('1', brokerType, {
            configurationKeys: ['log.retention.ms', 'log.retention.hours', 'min.insync.replicas', 'nope'],
          }),
        ],
        {
          includeSynonyms: true,
          includeDocumentation: false,
        },
      );
      await describe(talk, 'all brokers', [of('', brokerType)], { includeSynonyms: true });
      for (const name of ['2', '-1', 'one', '01', ' 1'])
        await describe(talk, `broker ${name}`, [of(name, brokerType, { configurationKeys: ['num.partitions'] })]);
      for (const name of ['', '1', '2', 'x'])
        await describe(talk, `broker logger ${name}`, [of(name, 8, { configurationKeys: ['kafka.none'] })]);
      for (const type of [0, 1, 3, 5, 7, 64, -1, 127]) await describe(talk, `resource type ${type}`, [of('x', type)]);
      for (const type of [16, 32]) {
        await describe(talk, `resource type ${type}`, [of('x', type)]);
        await describe(talk, `resource type ${type}, no name`, [of('', type)]);
      }
    },
    { alone: true },
  ),
  conversation('IncrementalAlterConfigs', 'topics', async (talk) => {
    await talk.ask('default values', 'IncrementalAlterConfigs', {});
    const { name } = await talk.topic('altered', { configs: { 'retention.ms': '1000' } });
    const alter = (
      label: string,
      configs: readonly (readonly [string, number, string | null])[],
      more: Said = {},
      resourceName = name,
    ) =>
      talk.ask(label, 'IncrementalAlterConfigs', {
        resources: [
          of(resourceName, topicType, {
            configs: configs.map(([config, configOperation, value]) => ({ name: config, configOperation, value })),
          }),
        ],
        validateOnly: false,
        ...more,
      });
    const look = async (label: string): Promise<void> => {
      await talk.untilHeard();
      await describe(talk, label, [of(name)], { includeSynonyms: true });
    };
    await alter('set', [['retention.ms', set, '2000']]);
    await alter('only to see', [['retention.ms', set, '3000']], { validateOnly: true });
    await look('after set');
    await alter('delete', [['retention.ms', remove, null]]);
    await alter('delete what is not set', [['segment.ms', remove, null]]);
    await alter('delete with a value', [['segment.ms', remove, '1']]);
    await alter('append', [['cleanup.policy', append, 'compact']]);
    await look('after append');
    await alter('append once more', [['cleanup.policy', append, 'compact']]);
    await alter('append what is no list', [['retention.ms', append, '5']]);
    await alter('append nonsense', [['cleanup.policy', append, 'nonsense']]);
    await alter('subtract', [['cleanup.policy', subtract, 'delete']]);
    await look('after subtract');
    await alter('subtract what is not there', [['cleanup.policy', subtract, 'delete']]);
    await alter('subtract the last', [['cleanup.policy', subtract, 'compact']]);
    await alter('append nothing', [['cleanup.policy', append, '']]);
    await alter('append null', [['cleanup.policy', append, null]]);
    await alter('set null', [['retention.ms', set, null]]);
    await alter('set empty', [['retention.ms', set, '']]);
    await alter('set spaces', [['retention.ms', set, ' 5 ']]);
    await alter('not a number', [['retention.ms', set, 'abc']]);
    await alter('unknown', [['no.such.config', set, '1']]);
    await alter('delete unknown', [['no.such.config', remove, null]]);
    await alter('no name', [['', set, '1']]);
    await alter('unknown operation', [['retention.ms', 9, '1']]);
    await alter('negative operation', [['retention.ms', -1, '1']]);
    await alter('the same twice', [
      ['retention.ms', set, '1'],
      ['retention.ms', set, '2'],
    ]);
    await alter('the same twice, set and delete', [
      ['retention.ms', set, '1'],
      ['retention.ms', remove, null],
    ]);
    await alter('good and bad', [
      ['retention.ms', set, '77'],
      ['segment.ms', set, 'x'],
    ]);
    await alter('nothing', []);
    await alter('unknown topic', [['retention.ms', set, '1']], {}, talk.name('none'));
    await alter('no topic', [['retention.ms', set, '1']], {}, '');
    await alter('bad topic', [['retention.ms', set, '1']], {}, 'a/b');
    await alter('internal topic', [['retention.ms', set, '-1']], { validateOnly: true }, '__consumer_offsets');
    await alter('out of range', [['min.insync.replicas', set, '0']]);
    await alter('several', [
      ['retention.ms', set, '5000'],
      ['segment.ms', set, '6000'],
    ]);
    await look('at the end');
    const resource = of(name, topicType, { configs: [{ name: 'segment.ms', configOperation: set, value: '1' }] });
    await talk.ask('the same resource twice', 'IncrementalAlterConfigs', {
      resources: [resource, resource],
      validateOnly: true,
    });
    await talk.ask('several resources', 'IncrementalAlterConfigs', {
      resources: [of(talk.name('none'), topicType, { configs: [] }), of('1', brokerType, { configs: [] }), resource],
      validateOnly: true,
    });
  }),
  conversation(
    'IncrementalAlterConfigs',
    'other resources',
    async (talk) => {
      const alter = (
        label: string,
        resourceType: number,
        resourceName: string,
        name: string,
        value: string | null,
        configOperation = set,
        validateOnly = false,
      ) =>
        talk.ask(label, 'IncrementalAlterConfigs', {
          resources: [of(resourceName, resourceType, { configs: [{ name, configOperation, value }] })],
          validateOnly,
        });
      const keys = [
        'log.retention.ms',
        'num.network.threads',
        'min.insync.replicas',
        'message.max.bytes',
        'log.cleaner.threads',
        'no.such.config',
      ];
      const look = async (label: string): Promise<void> => {
        await talk.untilHeard();
        await describe(talk, label, [of('1', brokerType, { configurationKeys: keys })], { includeSynonyms: true });
        await describe(talk, `${label}, all brokers`, [of('', brokerType)], { includeSynonyms: true });
      };
      await alter('this broker', brokerType, '1', 'message.max.bytes', '2000000');
      await look('one altered');
      await alter('all brokers', brokerType, '', 'message.max.bytes', '3000000');
      await look('all altered');
      const { name } = await talk.topic('of-altered');
      await describe(talk, 'a topic', [of(name, topicType, { configurationKeys: ['max.message.bytes'] })], {
        includeSynonyms: true,
      });
      await alter('back', brokerType, '1', 'message.max.bytes', null, remove);
      await alter('all back', brokerType, '', 'message.max.bytes', null, remove);
      await look('none altered');
      await alter('read-only', brokerType, '1', 'num.partitions', '5', set, true);
      await alter('read-only of all', brokerType, '', 'broker.id', '5', set, true);
      await alter('only per broker', brokerType, '', 'listeners', 'PLAINTEXT://:1', set, true);
      await alter('not a number', brokerType, '1', 'message.max.bytes', 'abc');
      await alter('out of range', brokerType, '1', 'num.network.threads', '0');
      await alter('too large a change', brokerType, '1', 'num.network.threads', '1000');
      await alter('unknown config', brokerType, '1', 'no.such.config', '1', set, true);
      await alter('another broker', brokerType, '2', 'message.max.bytes', '2000000', set, true);
      await alter('a broker that is no number', brokerType, 'one', 'message.max.bytes', '2000000', set, true);
      await alter('a negative broker', brokerType, '-1', 'message.max.bytes', '2000000', set, true);
      for (const type of [0, 1, 3, 64, -1]) await alter(`type ${type}`, type, 'x', 'a', 'b', set, true);
      await alter('append to a list', brokerType, '1', 'log.cleanup.policy', 'compact', append, true);
    },
    { alone: true },
  ),
  conversation('AlterConfigs', 'topics', async (talk) => {
    await talk.ask('default values', 'AlterConfigs', {});
    const { name } = await talk.topic('replaced', { configs: { 'retention.ms': '1000', 'segment.ms': '5000' } });
    const alter = (
      label: string,
      configs: readonly (readonly [string, string | null])[],
      more: Said = {},
      resourceName = name,
      type = topicType,
    ) =>
      talk.ask(label, 'AlterConfigs', {
        resources: [of(resourceName, type, { configs: configs.map(([config, value]) => ({ name: config, value })) })],
        validateOnly: false,
        ...more,
      });
    const look = async (label: string): Promise<void> => {
      await talk.untilHeard();
      await describe(talk, label, [of(name)], { includeSynonyms: true });
    };
    await alter('replace', [['retention.ms', '2000']]);
    await look('after replace');
    await alter('only to see', [['retention.ms', '3000']], { validateOnly: true });
    await alter('null', [['retention.ms', null]]);
    await alter('empty', [['retention.ms', '']]);
    await alter('not a number', [['retention.ms', 'x']]);
    await alter('unknown', [['no.such.config', '1']]);
    await alter('the same twice', [
      ['retention.ms', '1'],
      ['retention.ms', '2'],
    ]);
    await alter('unknown topic', [['retention.ms', '1']], {}, talk.name('none'));
    await alter('bad topic', [['retention.ms', '1']], {}, 'a/b');
    await alter('no topic', [['retention.ms', '1']], {}, '');
    await alter('nothing', []);
    await look('after nothing');
    for (const type of [0, 1, 3, 64, -1]) await alter(`type ${type}`, [['a', 'b']], { validateOnly: true }, 'x', type);
    await alter('read-only', [['num.partitions', '5']], { validateOnly: true }, '1', brokerType);
    await alter('another broker', [['message.max.bytes', '2000000']], { validateOnly: true }, '2', brokerType);
    await alter(
      'a broker that is no number',
      [['message.max.bytes', '2000000']],
      { validateOnly: true },
      'one',
      brokerType,
    );
    const resource = of(name, topicType, { configs: [{ name: 'segment.ms', value: '1' }] });
    await talk.ask(
      'the same resource twice',
      'AlterConfigs',
      { resources: [resource, resource], validateOnly: true },
      { limitMs: 1000 },
    );
  }),
];
