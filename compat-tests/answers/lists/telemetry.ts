import { ZERO_UUID } from '../../../src/base/index.ts';
import { conversation, type Conversation } from '../conversation.ts';
import { pick, type Said } from '../fit.ts';

/** Both brokers hide these APIs as nobody receives the metrics, and answer them all the same. */
export const telemetryConversations: readonly Conversation[] = [
  conversation(
    'GetTelemetrySubscriptions',
    'who asks',
    async (talk) => {
      const get = (label: string, clientInstanceId = ZERO_UUID) =>
        talk.ask(label, 'GetTelemetrySubscriptions', { clientInstanceId });
      const first = await get('a new client');
      const id = pick(first, 'clientInstanceId') as string;
      await get('too early', id);
      await get('a reserved id', 'AAAAAAAAAAAAAAAAAAAAAQ');
      await get('an id of its own', 'c29tZS1jbGllbnQtaWQtMQ');
      await get('another new client');
    },
    { alone: true },
  ),
  conversation(
    'PushTelemetry',
    'what is pushed',
    async (talk) => {
      const configs = (name: string, values: Readonly<Record<string, string | null>>) =>
        talk.quietly('IncrementalAlterConfigs', {
          resources: [
            {
              resourceType: 16,
              resourceName: name,
              configs: Object.entries(values).map(([config, value]) => ({
                name: config,
                configOperation: value === null ? 1 : 0,
                value,
              })),
            },
          ],
        });
      const subscribe = async (label: string, clientInstanceId = ZERO_UUID): Promise<Said> =>
        await talk.ask(label, 'GetTelemetrySubscriptions', { clientInstanceId });
      const push = (label: string, subscription: Said, more: Said = {}) =>
        talk.ask(label, 'PushTelemetry', {
          clientInstanceId: subscription['clientInstanceId'],
          subscriptionId: subscription['subscriptionId'],
          terminating: false,
          compressionType: 0,
          metrics: Buffer.alloc(0),
          ...more,
        });
      await talk.ask('default values', 'PushTelemetry', {});
      const none = await subscribe('nothing is subscribed');
      await push('nothing', none);
      await push('too early', none);
      await push('the last', none, { terminating: true });
      await push('after the last', none);
      await configs('first', { metrics: 'org.apache.b,org.apache.a', 'interval.ms': '60000', match: 'client_id=ta.*' });
      await configs('second', { metrics: 'org.apache.c', 'interval.ms': '100', match: 'client_id=nobody' });
      await talk.untilHeard();
      const some = await subscribe('one subscription matches');
      await push('other subscriptions', some, { subscriptionId: 1 });
      await subscribe('asks again at once', some['clientInstanceId'] as string);
      await push('pushed', some);
      for (const compressionType of [1, 2, 3, 4]) {
        const each = await subscribe(`compression type ${compressionType}`);
        await push(`pushed with compression type ${compressionType}`, each, { compressionType });
      }
      for (const compressionType of [5, -1, 127]) {
        const each = await subscribe(`unknown compression type ${compressionType}`);
        await push(`pushed with unknown compression type ${compressionType}`, each, { compressionType });
        await subscribe(`again after ${compressionType}`, each['clientInstanceId'] as string);
      }
      const large = await subscribe('for too much');
      await push('too much', large, { metrics: Buffer.alloc(1048577) });
      await subscribe('too early after too much', large['clientInstanceId'] as string);
      await push('an id that was never heard', { clientInstanceId: 'c29tZS1jbGllbnQtaWQtMg', subscriptionId: 5 });
      await push('a reserved id', { clientInstanceId: 'AAAAAAAAAAAAAAAAAAAAAQ', subscriptionId: 5 });
      await configs('first', { metrics: '*' });
      await talk.untilHeard();
      const all = await subscribe('everything');
      await push('pushed everything', all);
      await configs('first', { metrics: null, 'interval.ms': null, match: null });
      await configs('second', { metrics: null, 'interval.ms': null, match: null });
      await talk.untilHeard();
      await push('subscriptions are gone', all);
      await subscribe('nothing again', all['clientInstanceId'] as string);
    },
    { alone: true },
  ),
];
