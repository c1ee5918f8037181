import { conversation, type Conversation } from '../conversation.ts';

export const clusterConversations: readonly Conversation[] = [
  conversation('ApiVersions', 'who asks', async (talk) => {
    const software = (clientSoftwareName: string, clientSoftwareVersion: string) => ({
      clientSoftwareName,
      clientSoftwareVersion,
    });
    await talk.ask('plain', 'ApiVersions', software('answers', '1.0'));
    for (const [name, version] of [
      ['', '1'],
      ['a', ''],
      ['a b', '1'],
      ['a', '1 2'],
      ['-a', '1'],
      ['a-', '1'],
      ['a.b-c', '1.2-3'],
      ['a_b', '1'],
      ['ä', '1'],
    ] as const)
      await talk.ask(`software ${name} ${version}`, 'ApiVersions', software(name, version));
  }),
  conversation('FindCoordinator', 'groups and transactions', async (talk) => {
    await talk.ask('a group', 'FindCoordinator', { key: 'g', coordinatorKeys: ['g'] });
    await talk.ask('default values', 'FindCoordinator', {});
    await talk.ask('an empty key', 'FindCoordinator', { key: '', coordinatorKeys: [''] });
    await talk.ask('several', 'FindCoordinator', { key: 'z', coordinatorKeys: ['z', '', 'b', 'k', 'z'] });
    if (talk.version >= 1)
      for (const key of ['t', ''])
        await talk.ask(`a transactional id ${key}`, 'FindCoordinator', { key, keyType: 1, coordinatorKeys: [key] });
    for (const keyType of [3, -1, 127])
      for (const key of ['g', 'group:0123456789abcdefABCDEg:0', ''])
        if (talk.version >= 1)
          await talk.ask(`key type ${keyType} ${key}`, 'FindCoordinator', { key, keyType, coordinatorKeys: [key] });
  }),
  conversation(
    'FindCoordinator',
    'what is not served',
    async (talk) => {
      for (const [keyType, key] of [
        [2, 'g'],
        [2, ''],
        [2, 'group:0123456789abcdefABCDEg:0'],
      ] as const)
        await talk.ask(`key type ${keyType} ${key}`, 'FindCoordinator', { key, keyType, coordinatorKeys: [key] });
    },
    { versions: [1, 2, 3, 4, 5, 6], alone: true },
  ),
  conversation('InitProducerId', 'idempotent producers', async (talk) => {
    await talk.ask('a first', 'InitProducerId', { transactionalId: null, transactionTimeoutMs: 1000 });
    await talk.ask('a second', 'InitProducerId', { transactionalId: null, transactionTimeoutMs: 2147483647 });
    await talk.ask('no timeout', 'InitProducerId', { transactionalId: null, transactionTimeoutMs: 0 });
    await talk.ask('a negative timeout', 'InitProducerId', { transactionalId: null, transactionTimeoutMs: -1 });
    if (talk.version >= 3)
      for (const [producerId, producerEpoch] of [
        [5, 0],
        [5, -1],
        [-1, 0],
        [-1, 5],
        [5, 32767],
        [-2, -2],
      ])
        await talk.ask(`of producer ${producerId}, epoch ${producerEpoch}`, 'InitProducerId', {
          transactionalId: null,
          transactionTimeoutMs: 1000,
          producerId,
          producerEpoch,
        });
    await talk.ask('empty transactional id', 'InitProducerId', { transactionalId: '', transactionTimeoutMs: 1000 });
  }),
  conversation('DescribeCluster', 'all', async (talk) => {
    await talk.ask('default values', 'DescribeCluster', {});
    await talk.ask('with what may be done', 'DescribeCluster', { includeClusterAuthorizedOperations: true });
    for (const endpointType of [0, 2, 3, -1])
      if (talk.version >= 1) await talk.ask(`endpoint type ${endpointType}`, 'DescribeCluster', { endpointType });
    await talk.ask('with fenced brokers', 'DescribeCluster', { includeFencedBrokers: true });
  }),
];
