import { describe, expect, test } from '@jest/globals';
import { DescribeTopicPartitionsRequest, FindCoordinatorRequest, ProduceRequest } from './messages/index.ts';
import { decodeMessage, encodeMessage, explain, withWriter } from './whole-message.ts';
import { WireError } from './wire-error.ts';

test('a message starts where it is said to, and bytes behind it are left alone', () => {
  const body = encodeMessage(FindCoordinatorRequest, 0, { key: 'orders' });
  const frame = Buffer.concat([Buffer.from('head'), body, Buffer.from('tail')]);
  expect(decodeMessage(FindCoordinatorRequest, 0, frame, 4)).toMatchObject({ key: 'orders', keyType: 0 });
});

test('a message with large byte fields comes in one piece', () => {
  const records = Buffer.alloc(5000, 1);
  const topicData = [{ name: 'orders', partitionData: [{ index: 0, records }] }];
  const frame = encodeMessage(ProduceRequest, 9, { acks: -1, timeoutMs: 1, topicData });
  expect(decodeMessage(ProduceRequest, 9, frame).topicData[0]?.partitionData[0]?.records).toEqual(records);
});

describe('explain', () => {
  test('names the field at which a frame ends', () => {
    const frame = Buffer.from('00' + 'ffff' + '00000000' + '02' + '026f' + '02' + '00000000' + '0a', 'hex');
    expect(() => decodeMessage(ProduceRequest, 9, frame)).toThrow(WireError);
    expect(explain(ProduceRequest, 9, frame)).toBe(
      'ProduceRequest.topicData[0].partitionData[0].records: 9 bytes wanted at 16, 0 left',
    );
  });

  test('names the field that must not be null, the element, the nested struct', () => {
    expect(explain(FindCoordinatorRequest, 0, Buffer.from('ffff', 'hex'))).toMatch(
      /^FindCoordinatorRequest\.key: null/,
    );
    expect(explain(FindCoordinatorRequest, 4, Buffer.from('00' + '03' + '0261' + '0a', 'hex'))).toMatch(
      /^FindCoordinatorRequest\.coordinatorKeys\[1\]: 9 bytes wanted/,
    );
    const cursor = Buffer.from('01' + '00000001' + '01' + '026f' + '0000', 'hex');
    expect(explain(DescribeTopicPartitionsRequest, 0, cursor)).toMatch(
      /^DescribeTopicPartitionsRequest\.cursor\.partitionIndex: 4 bytes wanted/,
    );
  });

  test('says so where bytes are left over, the version is not known, or nothing is wrong', () => {
    const frame = encodeMessage(FindCoordinatorRequest, 0, { key: 'orders' });
    expect(explain(FindCoordinatorRequest, 0, Buffer.concat([frame, frame]))).toContain('8 bytes left over');
    expect(explain(FindCoordinatorRequest, 99, frame)).toContain('versions 0 to 6, not 99');
    expect(explain(FindCoordinatorRequest, 0, frame)).toBe('nothing is wrong');
  });
});

test('the shared writer is empty again after an encoder threw', () => {
  const failing = (): void =>
    withWriter((writer) => {
      writer.openSection();
      writer.raw(Buffer.alloc(1000));
      throw new WireError('refused');
    });
  expect(failing).toThrow('refused');
  expect(withWriter((writer) => writer.length)).toBe(0);
});
