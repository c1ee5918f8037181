import { conversation, type Conversation } from '../conversation.ts';
import type { Said } from '../fit.ts';
import type { Talk } from '../talk.ts';

const [topicType, brokerType, loggerType, metricsType, groupType] = [2, 4, 8, 16, 32];
const [set, remove, append, subtract] = [0, 1, 2, 3];

type Change = readonly [name: string, operation: number, value: string | null];

const alterAs =
  (talk: Talk, resourceType: number) =>
  (label: string, resourceName: string, changes: readonly Change[], more: Said = {}): Promise<Said> => {
    const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }));
    return talk.ask(label, 'IncrementalAlterConfigs', {
      resources: [{ resourceType, resourceName, configs }],
      validateOnly: false,
      ...more,
    });
  };

const lookAt =
  (talk: Talk, resourceType: number) =>
  async (label: string, resourceName: string, configurationKeys: readonly string[] | null = null): Promise<void> => {
    await talk.untilHeard();
    await talk.ask(label, 'DescribeConfigs', {
      resources: [{ resourceType, resourceName, configurationKeys }],
      includeSynonyms: true,
      includeDocumentation: true,
    });
  };

/** Old and new form of the same change: all that is set, at once. */
const replaceAs =
  (talk: Talk, resourceType: number) =>
  (label: string, resourceName: string, configs: Readonly<Record<string, string | null>>, more: Said = {}) =>
    talk.ask(label, 'AlterConfigs', {
      resources: [
        { resourceType, resourceName, configs: Object.entries(configs).map(([name, value]) => ({ name, value })) },
      ],
      validateOnly: false,
      ...more,
    });

export const configResourceConversations: readonly Conversation[] = [
  conversation('IncrementalAlterConfigs', 'subscriptions to client metrics', async (talk) => {
    const name = talk.name('subscription');
    const alter = alterAs(talk, metricsType);
    const look = lookAt(talk, metricsType);
    await look('before', name);
    await alter('set', name, [
      ['metrics', set, 'org.apache.a, org.apache.b'],
      ['interval.ms', set, '+01000'],
      ['match', set, 'client_id=a.*, client_software_version = 1[.]0'],
    ]);
    await look('after set', name);
    await alter('append', name, [['metrics', append, 'org.apache.c,org.apache.a']]);
    await alter('subtract', name, [['match', subtract, 'client_id=a.*']]);
    await look('after append and subtract', name);
    await alter('append to a number', name, [['interval.ms', append, '5']]);
    for (const interval of ['99', '100', '3600000', '3600001', '0', '-1', 'abc', '', '5.5', '2147483648', ' 500 '])
      await alter(`interval ${interval}`, name, [['interval.ms', set, interval]], { validateOnly: true });
    for (const match of [
      '',
      '*',
      'client_id',
      'client_id=',
      '=a',
      'client_id=a=b',
      'client_id=[',
      'client_id=(a',
      'user=a',
      'CLIENT_ID=a',
      'client_id=a,client_id=b',
      'client_id=a,client_id=a',
      'client_id=a,,client_id=b',
      'client_instance_id=.*',
      'client_software_name=.*',
      'client_source_address=10[.]0.*',
      'client_source_port=[0-9]+',
    ])
      await alter(`match ${match}`, name, [['match', set, match]], { validateOnly: true });
    for (const metrics of ['', '*', 'a,,b', 'a,a', ' a ', ','])
      await alter(`metrics ${metrics}`, name, [['metrics', set, metrics]], { validateOnly: true });
    await alter('unknown', name, [['no.such.config', set, '1']]);
    await alter('unknown deleted', name, [['no.such.config', remove, null]]);
    await alter('null', name, [['metrics', set, null]]);
    await alter('no name', '', [['metrics', set, '*']]);
    await alter('good and bad', name, [
      ['metrics', set, '*'],
      ['interval.ms', set, '1'],
    ]);
    await look('after what was refused', name);
    await alter('all deleted', name, [
      ['metrics', remove, null],
      ['interval.ms', remove, null],
      ['match', remove, null],
    ]);
    await look('at the end', name);
  }),
  conversation('AlterConfigs', 'subscriptions to client metrics', async (talk) => {
    const name = talk.name('subscription');
    const replace = replaceAs(talk, metricsType);
    const look = lookAt(talk, metricsType);
    await replace('set', name, { metrics: 'org.apache.a', 'interval.ms': '1000' });
    await replace('replaced', name, { match: 'client_id=b' });
    await look('after that', name);
    await replace('out of range', name, { 'interval.ms': '1' });
    await replace('no match', name, { match: 'b' });
    await replace('unknown', name, { 'no.such.config': '1' });
    await replace('no name', '', { metrics: '*' });
    await replace('nothing', name, {});
    await look('at the end', name);
  }),
  conversation('IncrementalAlterConfigs', 'groups', async (talk) => {
    const name = talk.name('group');
    const alter = alterAs(talk, groupType);
    const look = lookAt(talk, groupType);
    await look('before', name);
    await alter('set', name, [
      ['consumer.session.timeout.ms', set, '50000'],
      ['consumer.heartbeat.interval.ms', set, '6000'],
      ['share.auto.offset.reset', set, 'earliest'],
      ['streams.num.standby.replicas', set, '1'],
    ]);
    await look('after set', name);
    for (const [config, ...values] of [
      ['consumer.session.timeout.ms', '44999', '45000', '60000', '60001', '0', '-1', 'x', ''],
      ['consumer.heartbeat.interval.ms', '4999', '5000', '15000', '15001', '50000'],
      ['consumer.assignment.interval.ms', '0', '-1', '15000', '15001'],
      ['share.session.timeout.ms', '44999', '45000', '60000', '60001'],
      ['share.heartbeat.interval.ms', '4999', '5000', '15000', '15001'],
      ['share.assignment.interval.ms', '0', '15001'],
      ['share.record.lock.duration.ms', '999', '14999', '15000', '60000', '60001'],
      ['share.delivery.count.limit', '1', '2', '10', '11'],
      ['share.partition.max.record.locks', '99', '100', '4000', '4001', '10001'],
      [
        'share.auto.offset.reset',
        'latest',
        'none',
        'EARLIEST',
        'by_duration:P1D',
        'by_duration:-P1D',
        'by_duration:1d',
        '',
      ],
      ['share.isolation.level', 'read_committed', 'read_uncommitted', 'READ_COMMITTED', ''],
      ['share.renew.acknowledge.enable', 'true', 'FALSE', 'yes'],
      ['streams.session.timeout.ms', '44999', '45000', '60000', '60001'],
      ['streams.heartbeat.interval.ms', '4999', '5000', '15000', '15001'],
      ['streams.assignment.interval.ms', '0', '15001'],
      ['streams.num.standby.replicas', '-1', '0', '2', '3'],
      ['streams.initial.rebalance.delay.ms', '-1', '0', '3000'],
    ] as const)
      for (const value of values)
        await alter(`${config} ${value}`, name, [[config, set, value]], { validateOnly: true });
    await alter('a session shorter than a heartbeat', name, [
      ['consumer.session.timeout.ms', set, '45000'],
      ['consumer.heartbeat.interval.ms', set, '46000'],
    ]);
    await alter('unknown', name, [['no.such.config', set, '1']]);
    await alter('unknown deleted', name, [['no.such.config', remove, null]]);
    await alter('append', name, [['consumer.session.timeout.ms', append, '1']]);
    await alter('no name', '', [['consumer.session.timeout.ms', set, '50000']]);
    await alter('only to see', name, [['consumer.session.timeout.ms', set, '55000']], { validateOnly: true });
    await look('after what was refused', name);
    await alter('one deleted', name, [['consumer.session.timeout.ms', remove, null]]);
    await look('at the end', name, ['consumer.session.timeout.ms', 'share.auto.offset.reset', 'nope']);
    await alter('all deleted', name, [
      ['consumer.heartbeat.interval.ms', remove, null],
      ['share.auto.offset.reset', remove, null],
      ['streams.num.standby.replicas', remove, null],
    ]);
  }),
  conversation('AlterConfigs', 'groups', async (talk) => {
    const name = talk.name('group');
    const replace = replaceAs(talk, groupType);
    const look = lookAt(talk, groupType);
    await replace('set', name, { 'consumer.session.timeout.ms': '50000' });
    await replace('replaced', name, { 'share.delivery.count.limit': '3' });
    await look('after that', name);
    await replace('out of bounds', name, { 'share.delivery.count.limit': '1' });
    await replace('unknown', name, { 'no.such.config': '1' });
    await replace('no name', '', { 'share.delivery.count.limit': '3' });
    await replace('nothing', name, {});
    await look('at the end', name);
  }),
  conversation(
    'IncrementalAlterConfigs',
    'loggers of a broker',
    async (talk) => {
      const alter = alterAs(talk, loggerType);
      const look = lookAt(talk, loggerType);
      const root = (level: string | null, operation = set): Change[] => [['root', operation, level]];
      for (const level of ['DEBUG', 'TRACE', 'WARN', 'ERROR', 'FATAL', 'INFO']) {
        await alter(`level ${level}`, '1', root(level));
        await look(`level is ${level}`, '1', ['root', 'no.such.logger']);
      }
      for (const level of ['debug', 'OFF', 'ALL', '', ' INFO', 'nonsense', null])
        await alter(`level ${String(level)}, only to see`, '1', root(level), { validateOnly: true });
      await alter('only to see', '1', root('DEBUG'), { validateOnly: true });
      await look('after that', '1', ['root']);
      await alter('deleted', '1', root(null, remove));
      await alter('appended', '1', root('INFO', append));
      await alter('subtracted', '1', root('INFO', subtract));
      await alter('unknown operation', '1', root('INFO', 9));
      await alter('unknown logger', '1', [['no.such.logger', set, 'INFO']]);
      await alter('unknown logger deleted', '1', [['no.such.logger', remove, null]]);
      await alter('the same twice', '1', [...root('INFO'), ...root('DEBUG')]);
      await alter('good and bad', '1', [...root('DEBUG'), ['no.such.logger', set, 'INFO']]);
      await look('after good and bad', '1', ['root']);
      await alter('nothing', '1', []);
      for (const name of ['', '2', 'x', '-1', '01', '+1']) await alter(`of broker ${name}`, name, root('INFO'));
    },
    { alone: true },
  ),
  conversation(
    'AlterConfigs',
    'loggers of a broker',
    async (talk) => {
      const replace = replaceAs(talk, loggerType);
      await replace('this broker', '1', { root: 'INFO' });
      await replace('only to see', '1', { root: 'INFO' }, { validateOnly: true });
      await replace('another', '2', { root: 'INFO' });
      await replace('none', '', { root: 'INFO' });
      await replace('nothing', '1', {});
    },
    { alone: true },
  ),
  conversation(
    'ListConfigResources',
    'all',
    async (talk) => {
      const alter = (type: number, name: string, change: Change) => alterAs(talk, type)('prepare', name, [change]);
      await talk.topic('listed');
      await alter(groupType, talk.name('group'), ['share.delivery.count.limit', set, '3']);
      await alter(metricsType, talk.name('subscription'), ['metrics', set, '*']);
      await alter(metricsType, talk.name('former'), ['metrics', set, '*']);
      await alter(metricsType, talk.name('former'), ['metrics', remove, null]);
      await talk.untilHeard();
      const list = (label: string, resourceTypes: readonly number[]) =>
        talk.ask(label, 'ListConfigResources', { resourceTypes });
      await list('none named', []);
      for (const type of [topicType, brokerType, loggerType, metricsType, groupType])
        await list(`type ${type}`, [type]);
      for (const type of [0, 1, 3, 64, -1, 127]) await list(`unknown type ${type}`, [type]);
      await list('two', [groupType, metricsType]);
      await list('the same twice', [metricsType, metricsType]);
      await list('known and unknown', [metricsType, 3]);
      await alter(groupType, talk.name('group'), ['share.delivery.count.limit', remove, null]);
      await alter(metricsType, talk.name('subscription'), ['metrics', remove, null]);
      await talk.untilHeard();
      await list('at the end', []);
    },
    { alone: true },
  ),
];
