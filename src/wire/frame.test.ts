import { describe, expect, test } from '@jest/globals';
import { encodeRequestFrame, encodeResponseFrame, readRequestHeader, readResponseHeader } from './frame.ts';
import { Reader } from './reader.ts';
import { isHere, type Chunk } from './later-bytes.ts';
import {
  ApiVersionsRequest,
  ApiVersionsResponse,
  apis,
  FetchResponse,
  MetadataRequest,
  MetadataResponse,
  RequestHeader,
  SaslHandshakeResponse,
} from './messages/index.ts';
import { decodeMessage, encodeMessage } from './whole-message.ts';
import { WireError } from './wire-error.ts';

const flexibleSince = (apiKey: number): number | undefined => apis.get(apiKey)?.request.flexibleSince;
const readHeader = (frame: Buffer) => readRequestHeader(new Reader(frame), flexibleSince);

/** A frame as it crosses the socket, without its size. */
const withoutSize = (chunks: readonly Chunk[]): Buffer => {
  const frame = Buffer.concat(chunks.filter(isHere));
  expect(frame.readInt32BE(0)).toBe(frame.length - 4);
  return frame.subarray(4);
};

describe('request headers', () => {
  const fields = { requestApiKey: 3, correlationId: 77, clientId: 'consumer-1' };

  test.each([
    ['an old version, header v1', 8, 1],
    ['a flexible version, header v2', 12, 2],
    ['a version from the future is read like the newest', 99, 2],
    ['a negative version is read like the oldest', -1, 1],
  ])('%s', (_, apiVersion, headerVersion) => {
    const header = encodeMessage(RequestHeader, headerVersion, { ...fields, requestApiVersion: apiVersion });
    const frame = Buffer.concat([header, Buffer.from('body')]);
    expect(readHeader(frame)).toEqual({
      apiKey: 3,
      apiVersion,
      correlationId: 77,
      clientId: 'consumer-1',
      bodyAt: header.length,
    });
  });

  test('a client id may be null or empty', () => {
    const header = { requestApiKey: 3, requestApiVersion: 9, correlationId: 1 };
    expect(readHeader(encodeMessage(RequestHeader, 2, { ...header, clientId: null })).clientId).toBe(null);
    expect(readHeader(encodeMessage(RequestHeader, 2, { ...header, clientId: '' })).clientId).toBe('');
  });

  test('an ApiVersions request of a version not known yet can be answered', () => {
    const frame = Buffer.from('0012' + '0063' + '00000007' + '000161' + '00' + 'ffff', 'hex');
    expect(readHeader(frame)).toEqual({ apiKey: 18, apiVersion: 99, correlationId: 7, clientId: 'a', bodyAt: 12 });
  });

  test('the sender of an API not known can still be named', () => {
    const frame = Buffer.from('03e7' + '0000' + '00000007' + '000161', 'hex');
    expect(readHeader(frame)).toMatchObject({ apiKey: 999, apiVersion: 0, clientId: 'a', bodyAt: 11 });
  });

  test('tagged fields of the header are skipped', () => {
    const frame = Buffer.from('0003' + '000c' + '00000007' + 'ffff' + '02' + '0001aa' + '0502bbcc' + 'ee', 'hex');
    expect(readHeader(frame)).toMatchObject({ clientId: null, bodyAt: frame.length - 1 });
  });

  test('a frame that ends within its header is refused', () => {
    const header = encodeMessage(RequestHeader, 2, { ...fields, requestApiVersion: 12 });
    for (let size = 0; size < header.length; size++) {
      expect(() => readHeader(header.subarray(0, size))).toThrow(WireError);
    }
  });
});

describe('response frames', () => {
  test('an old version has the correlation id alone', () => {
    const chunks = encodeResponseFrame(SaslHandshakeResponse, 1, 5, { errorCode: 33, mechanisms: ['PLAIN'] });
    expect(withoutSize(chunks).toString('hex')).toBe('00000005' + '0021' + '00000001' + '0005504c41494e');
  });

  test('a flexible version has tagged fields after the correlation id', () => {
    const frame = withoutSize(encodeResponseFrame(MetadataResponse, 12, 5, { brokers: [], topics: [] }));
    expect(frame.subarray(0, 5).toString('hex')).toBe('00000005' + '00');
    const { correlationId, bodyAt } = readResponseHeader(frame, MetadataResponse, 12);
    expect(correlationId).toBe(5);
    expect(decodeMessage(MetadataResponse, 12, frame, bodyAt)).toMatchObject({ brokers: [], clusterId: null });
  });

  test('ApiVersions never has tagged fields in its header, though its body is flexible', () => {
    const response = { errorCode: 0, apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }] };
    const frame = withoutSize(encodeResponseFrame(ApiVersionsResponse, 3, 5, response));
    expect(frame.toString('hex')).toBe('00000005' + '0000' + '02' + '001200000004' + '00' + '00000000' + '00');
    expect(readResponseHeader(frame, ApiVersionsResponse, 3).bodyAt).toBe(4);
  });

  test('record batches over 512 bytes are passed on, not copied', () => {
    const large = Buffer.alloc(513, 7);
    const small = Buffer.alloc(512, 8);
    const partitions = [large, small, large].map((records, partitionIndex) => ({
      partitionIndex,
      errorCode: 0,
      highWatermark: 9,
      abortedTransactions: null,
      records,
    }));
    const response = { throttleTimeMs: 0, responses: [{ topic: 'orders', partitions }] };
    const chunks = encodeResponseFrame(FetchResponse, 12, 5, response);
    expect(chunks.filter((chunk) => chunk === large)).toHaveLength(2);
    const frame = withoutSize(chunks);
    const { bodyAt } = readResponseHeader(frame, FetchResponse, 12);
    const decoded = decodeMessage(FetchResponse, 12, frame, bodyAt);
    expect(decoded.responses[0]?.partitions.map(({ records }) => records)).toEqual([large, small, large]);
  });

  test('records that come later are passed on too, their length told', () => {
    const records = { length: 100_000, read: () => 0 };
    const partition = { partitionIndex: 0, errorCode: 0, highWatermark: 9, abortedTransactions: null, records };
    const response = { throttleTimeMs: 0, responses: [{ topic: 'orders', partitions: [partition] }] };
    const chunks = encodeResponseFrame(FetchResponse, 11, 5, response);
    expect(chunks).toContain(records);
    const size = (chunks[0] as Buffer).readInt32BE(0);
    expect(size).toBe(chunks.reduce((sum, { length }) => sum + length, 0) - 4);
  });

  test('a response that cannot be said leaves nothing behind for the next one', () => {
    const bad = { errorCode: 0, mechanisms: ['x'.repeat(40_000)] };
    expect(() => encodeResponseFrame(SaslHandshakeResponse, 1, 5, bad)).toThrow(WireError);
    const chunks = encodeResponseFrame(SaslHandshakeResponse, 1, 6, { errorCode: 0, mechanisms: [] });
    expect(withoutSize(chunks).toString('hex')).toBe('00000006' + '0000' + '00000000');
  });
});

describe('request frames', () => {
  test('read back as they were written', () => {
    for (const version of [8, 12]) {
      const request = { topics: [{ name: 'orders' }], allowAutoTopicCreation: false };
      const header = { correlationId: 3, clientId: 'ottla' };
      const frame = withoutSize(encodeRequestFrame(MetadataRequest, version, header, request));
      const { bodyAt, ...read } = readHeader(frame);
      expect(read).toEqual({ apiKey: 3, apiVersion: version, ...header });
      expect(decodeMessage(MetadataRequest, version, frame, bodyAt)).toMatchObject({
        topics: [{ name: 'orders' }],
        allowAutoTopicCreation: false,
      });
    }
  });

  test('a client may have no id', () => {
    const client = { clientSoftwareName: 'ottla', clientSoftwareVersion: '1' };
    const frame = withoutSize(encodeRequestFrame(ApiVersionsRequest, 3, { correlationId: 1, clientId: null }, client));
    expect(frame.toString('hex')).toBe('0012' + '0003' + '00000001' + 'ffff' + '00' + '066f74746c61' + '0231' + '00');
  });
});
