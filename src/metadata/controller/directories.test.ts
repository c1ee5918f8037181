import { describe, expect, test } from '@jest/globals';
import { SeededRandom, ZERO_UUID } from '../../base/index.ts';
import { BrokerConfig } from '../../config/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { bootstrapRecords } from '../bootstrap.ts';
import { SERVED_FEATURES } from '../features.ts';
import { emptyImage } from '../image.ts';
import type { MetadataRecord } from '../record.ts';
import { TransactionFilter } from '../transaction-filter.ts';
import type { Partition } from '../topics.ts';
import type { ControllerApi, ControllerApis, ControllerRequest } from './apis.ts';
import { controllerMachine } from './machine.ts';
import { ControllerState } from './state.ts';

const CLUSTER = 'EQwzzqGbRfymgv3BSpszpw';
const A = 'aaaaaaaaaaaaaaaaaaaaaA';
const B = 'bbbbbbbbbbbbbbbbbbbbbA';

/** A controller with one broker, which has two log directories. */
class Controller {
  readonly #state = new ControllerState(emptyImage(CLUSTER), 1);
  readonly #machine = controllerMachine({
    image: emptyImage(CLUSTER),
    leaderEpoch: 1,
    config: BrokerConfig.from(new Map([['node.id', '1']])).config,
    random: new SeededRandom(1),
  });
  readonly log: MetadataRecord[] = [];

  constructor(directories = [A, B]) {
    this.#replay([...new TransactionFilter().pass(bootstrapRecords(1))]);
    this.register(directories, 'incarnation-1AAAAAAAAA');
  }

  #replay(records: readonly MetadataRecord[]): void {
    for (const record of records) this.#state.replay(record, this.log.push(record) - 1);
  }

  ask<Api extends ControllerApi>(api: Api, request: ControllerApis[Api]['request']): ControllerApis[Api]['response'] {
    const input = { kind: 'request', ticket: 1, request: { api, request } as ControllerRequest } as const;
    const { records = [], replies = [] } = this.#machine.handle(this.#state, {}, input, 0);
    this.#replay(records);
    return replies[0]?.[1] as ControllerApis[Api]['response'];
  }

  register(logDirs: string[], incarnationId: string): void {
    const features = SERVED_FEATURES.map(({ name, min, max }) => ({
      name,
      minSupportedVersion: min,
      maxSupportedVersion: max,
    }));
    const { errorCode } = this.ask('registerBroker', {
      brokerId: 1,
      clusterId: CLUSTER,
      incarnationId,
      listeners: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
      features,
      rack: null,
      isMigratingZkBroker: false,
      logDirs,
      previousBrokerEpoch: this.#state.image.brokers.get(1)?.epoch ?? -1,
    });
    expect(errorCode).toBe(ErrorCode.NONE);
    this.heartbeat();
  }

  heartbeat(offlineLogDirs: string[] = [], cordonedLogDirs: string[] | null = null): void {
    const { errorCode } = this.ask('brokerHeartbeat', {
      brokerId: 1,
      brokerEpoch: this.#epoch,
      currentMetadataOffset: this.log.length,
      wantFence: false,
      wantShutDown: false,
      offlineLogDirs,
      cordonedLogDirs,
    });
    expect(errorCode).toBe(ErrorCode.NONE);
  }

  get #epoch(): number {
    return this.#state.image.brokers.get(1)?.epoch ?? -1;
  }

  create(name: string): number {
    const { topics } = this.ask('createTopics', {
      topics: [{ name, numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }],
      timeoutMs: 1000,
      validateOnly: false,
    });
    return topics[0]?.errorCode ?? -1;
  }

  partitions(): readonly Partition[] {
    return this.#state.image.topics.byName('orders')?.partitions ?? [];
  }

  assign(id: string, index: number, topicId = this.#state.image.topics.byName('orders')?.id ?? ''): number | undefined {
    const { directories } = this.ask('assignReplicasToDirs', {
      brokerId: 1,
      brokerEpoch: this.#epoch,
      directories: [{ id, topics: [{ topicId, partitions: [{ partitionIndex: index }] }] }],
    });
    return directories[0]?.topics[0]?.partitions[0]?.errorCode;
  }
}

/** Partition 0 in directory A, 1 in B. */
function withOrders(): Controller {
  const controller = new Controller();
  controller.create('orders');
  controller.assign(A, 0);
  controller.assign(B, 1);
  return controller;
}

const leaders = (controller: Controller): number[] => controller.partitions().map(({ leader }) => leader);

describe('where replicas lie', () => {
  test('is known of a broker with one directory, and told by one with several', () => {
    const one = new Controller([A]);
    one.create('orders');
    expect(one.partitions().map(({ directories }) => directories)).toEqual([[A], [A]]);
    const two = new Controller();
    two.create('orders');
    expect(two.partitions().map(({ directories }) => directories)).toEqual([[ZERO_UUID], [ZERO_UUID]]);
    expect(two.assign(B, 1)).toBe(ErrorCode.NONE);
    expect(two.partitions()).toMatchObject([
      { directories: [ZERO_UUID], leader: 1, partitionEpoch: 0 },
      { directories: [B], leader: 1, leaderEpoch: 0, partitionEpoch: 1 },
    ]);
  });

  test('is not taken from whoever names what does not exist, or is not who it says', () => {
    const controller = withOrders();
    expect(controller.assign(A, 7)).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    expect(controller.assign(A, 0, ZERO_UUID)).toBe(ErrorCode.UNKNOWN_TOPIC_ID);
    const stale = controller.ask('assignReplicasToDirs', { brokerId: 1, brokerEpoch: 0, directories: [] });
    expect(stale.errorCode).toBe(ErrorCode.STALE_BROKER_EPOCH);
  });

  test('told again changes nothing', () => {
    const controller = withOrders();
    const before = controller.log.length;
    controller.assign(A, 0);
    expect(controller.log.length).toBe(before);
  });
});

describe('a directory that fails', () => {
  test('leaves its partitions without a leader until the broker comes back with it', () => {
    const controller = withOrders();
    controller.heartbeat([B]);
    expect(leaders(controller)).toEqual([1, -1]);
    expect(controller.partitions()[1]).toMatchObject({ isr: [], eligibleLeaderReplicas: [1], leaderEpoch: 1 });
    const before = controller.log.length;
    controller.heartbeat([B]);
    expect(controller.log.length).toBe(before);
    controller.register([A], 'incarnation-2AAAAAAAAA');
    expect(leaders(controller)).toEqual([1, -1]);
    controller.register([A, B], 'incarnation-3AAAAAAAAA');
    expect(leaders(controller)).toEqual([1, 1]);
  });

  test('takes the leader from a replica that is said to lie there', () => {
    const controller = withOrders();
    controller.heartbeat([B]);
    controller.assign(B, 0);
    expect(leaders(controller)).toEqual([-1, -1]);
  });
});

test('a broker that has cordoned all its directories gets no new partitions', () => {
  const controller = new Controller();
  controller.heartbeat([], [A]);
  expect(controller.create('orders')).toBe(ErrorCode.NONE);
  controller.heartbeat([], [A, B]);
  expect(controller.create('more')).toBe(ErrorCode.INVALID_REPLICATION_FACTOR);
  controller.heartbeat([], null);
  expect(controller.create('more')).toBe(ErrorCode.INVALID_REPLICATION_FACTOR);
  controller.heartbeat([], []);
  expect(controller.create('more')).toBe(ErrorCode.NONE);
});
