import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { broker, client } from '../../../sim/broker.ts';
import { decodeMessage, ErrorCode } from '../../wire/index.ts';
import { ApiVersionsRequest, ApiVersionsResponse } from '../../wire/messages/index.ts';

const ApiVersions = { request: ApiVersionsRequest, response: ApiVersionsResponse };
const software = { clientSoftwareName: 'test', clientSoftwareVersion: '1.0' };

describe('ApiVersions', () => {
  test.each([0, 1, 2, 3, 4])('v%d tells every served API once, in order', async (version) => {
    const wire = await client(await broker());
    const { errorCode, apiKeys } = await wire.request(ApiVersions, version, software);
    expect(errorCode).toBe(ErrorCode.NONE);
    const keys = apiKeys.map(({ apiKey }) => apiKey);
    expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b));
    expect(keys).toEqual(
      expect.arrayContaining([0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 23, 32, 37, 44, 60]),
    );
  });

  test('Produce is told from version 0, or librdkafka stops compressing (C-4); the unstable InitProducerId v6 is not told', async () => {
    const wire = await client(await broker());
    const { apiKeys } = await wire.request(ApiVersions, 4, software);
    expect(apiKeys.find(({ apiKey }) => apiKey === 0)).toEqual({ apiKey: 0, minVersion: 0, maxVersion: 13 });
    expect(apiKeys.find(({ apiKey }) => apiKey === 22)).toEqual({ apiKey: 22, minVersion: 0, maxVersion: 5 });
  });

  test('features with a lowest version of 0 are left out below v4 (C-3)', async () => {
    const wire = await client(await broker());
    const minimum = async (version: number) =>
      (await wire.request(ApiVersions, version, software)).supportedFeatures.map(({ minVersion }) => minVersion);
    expect(Math.min(...(await minimum(3)))).toBeGreaterThan(0);
    expect(Math.min(...(await minimum(4)))).toBe(0);
  });

  test('metadata.version is finalized as on a fresh Apache Kafka 4.3', async () => {
    const wire = await client(await broker());
    const { finalizedFeatures, finalizedFeaturesEpoch } = await wire.request(ApiVersions, 4, software);
    expect(finalizedFeatures.find(({ name }) => name === 'metadata.version')).toMatchObject({ maxVersionLevel: 30 });
    expect(finalizedFeaturesEpoch).toBeGreaterThan(0);
  });

  test('an unknown version is answered in v0 with UNSUPPORTED_VERSION and the versions of ApiVersions alone (C-1)', async () => {
    const { port } = await broker();
    const answer = await new Promise<Buffer>((done) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(Buffer.from('0000000d00120063000000070002783a00', 'hex')),
      );
      socket.once('data', (data) => {
        socket.destroy();
        done(data);
      });
    });
    expect(answer.readInt32BE(4)).toBe(7);
    expect(decodeMessage(ApiVersionsResponse, 0, answer.subarray(8))).toMatchObject({
      errorCode: ErrorCode.UNSUPPORTED_VERSION,
      apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }],
    });
  });

  test.each(['', '-', 'a b', 'kafka!'])(
    'a client software name like "%s" is INVALID_REQUEST (C-8)',
    async (clientSoftwareName) => {
      const wire = await client(await broker());
      expect(await wire.request(ApiVersions, 3, { clientSoftwareName, clientSoftwareVersion: '1' })).toMatchObject({
        errorCode: ErrorCode.INVALID_REQUEST,
      });
    },
  );
});
