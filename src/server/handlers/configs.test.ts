import { describe, expect, test } from '@jest/globals';
import { broker, client, createTopic } from '../../../sim/broker.ts';
import { ErrorCode } from '../../wire/index.ts';
import {
  DescribeConfigsRequest,
  DescribeConfigsResponse,
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '../../wire/messages/index.ts';

const DescribeConfigs = { request: DescribeConfigsRequest, response: DescribeConfigsResponse };
const IncrementalAlterConfigs = { request: IncrementalAlterConfigsRequest, response: IncrementalAlterConfigsResponse };

const [TOPIC, BROKER] = [2, 4];

describe('configs asked for over the wire', () => {
  test('an empty list of keys asks for all of them, like null', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const ask = async (configurationKeys: string[] | null) => {
      const resources = [{ resourceType: TOPIC, resourceName: 'orders', configurationKeys }];
      const { results } = await wire.request(DescribeConfigs, 4, { resources });
      return results[0]?.configs.length;
    };
    expect(await ask(null)).toBe(33);
    expect(await ask([])).toBe(33);
    expect(await ask(['retention.ms', 'no.such.config'])).toBe(1);
  });

  test('a broker takes no configs for another one, and alters the rest', async () => {
    const wire = await client(await broker());
    await createTopic(wire, 'orders');
    const of = (resourceType: number, resourceName: string, name: string) => ({
      resourceType,
      resourceName,
      configs: [{ name, configOperation: 0, value: '2000000' }],
    });
    const { responses } = await wire.request(IncrementalAlterConfigs, 1, {
      resources: [
        of(BROKER, '77', 'message.max.bytes'),
        of(TOPIC, 'orders', 'retention.ms'),
        of(TOPIC, 'a/b', 'retention.ms'),
      ],
      validateOnly: false,
    });
    expect(responses.map(({ resourceName, errorCode }) => [resourceName, errorCode])).toEqual([
      ['77', ErrorCode.INVALID_REQUEST],
      ['orders', ErrorCode.NONE],
      ['a/b', ErrorCode.INVALID_TOPIC_EXCEPTION],
    ]);
  });
});
