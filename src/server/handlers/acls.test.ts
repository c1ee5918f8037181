import { describe, expect, test } from '@jest/globals';
import { broker, client } from '../../../sim/broker.ts';
import { RecordingLogger } from '../../base/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import {
  CreateAclsRequest,
  CreateAclsResponse,
  DeleteAclsRequest,
  DeleteAclsResponse,
  DescribeAclsRequest,
  DescribeAclsResponse,
} from '../../wire/messages/index.ts';

const DescribeAcls = { request: DescribeAclsRequest, response: DescribeAclsResponse };
const CreateAcls = { request: CreateAclsRequest, response: CreateAclsResponse };
const DeleteAcls = { request: DeleteAclsRequest, response: DeleteAclsResponse };

const [TOPIC, READ, ALLOW] = [2, 3, 3];
const filter = {
  resourceTypeFilter: TOPIC,
  resourceNameFilter: null,
  principalFilter: null,
  hostFilter: null,
  operation: READ,
  permissionType: ALLOW,
};
const creation = {
  resourceType: TOPIC,
  resourceName: 'orders',
  principal: 'User:alice',
  host: '*',
  operation: READ,
  permissionType: ALLOW,
};

describe('ACLs, without an authorizer', () => {
  test.each([1, 2, 3])('are neither told, created nor deleted: SECURITY_DISABLED (v%d)', async (version) => {
    const wire = await client(await broker());
    expect(await wire.request(DescribeAcls, version, filter)).toMatchObject({
      errorCode: ErrorCode.SECURITY_DISABLED,
      resources: [],
    });
    const { results } = await wire.request(CreateAcls, version, { creations: [creation, creation] });
    expect(results.map(({ errorCode }) => errorCode)).toEqual([54, 54]);
    const { filterResults } = await wire.request(DeleteAcls, version, { filters: [filter] });
    expect(filterResults).toMatchObject([{ errorCode: ErrorCode.SECURITY_DISABLED, matchingAcls: [] }]);
  });

  test('an UNKNOWN operation closes the connection, and the reason is logged', async () => {
    const logger = new RecordingLogger();
    const wire = await client(await broker({ logger }));
    await expect(wire.request(DescribeAcls, 3, { ...filter, operation: 0 })).rejects.toThrow();
    expect(logger.lines.map(({ message }) => message).join('\n')).toMatch(/DescribeAcls with an UNKNOWN/);
  });
});
