import { assert, SeededRandom } from '../../base/index.ts';
import { BrokerConfig } from '../../config/index.ts';
import type { Input } from '../../coordinator/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import type { CreateTopicsRequest } from '../../wire/messages/index.ts';
import { bootstrapRecords } from '../bootstrap.ts';
import { SERVED_FEATURES } from '../features.ts';
import { emptyImage, type MetadataImage } from '../image.ts';
import type { MetadataRecord } from '../record.ts';
import type { Partition } from '../topics.ts';
import { TransactionFilter } from '../transaction-filter.ts';
import type { ControllerApi, ControllerApis, ControllerRequest } from './apis.ts';
import { controllerMachine, type ControllerInput, type ControllerMachine } from './machine.ts';
import { ControllerState } from './state.ts';

const CLUSTER = 'EQwzzqGbRfymgv3BSpszpw';

/** The machine without log and loop: what it decides is replayed at once. */
export class Controller {
  readonly log: MetadataRecord[] = [...new TransactionFilter().pass(bootstrapRecords(1))];
  /** How many the last request took. */
  turns = 0;
  readonly #machine: ControllerMachine;
  readonly #state: ControllerState;

  constructor(config: Readonly<Record<string, string>> = {}, brokers = [1]) {
    const properties = new Map(Object.entries({ 'node.id': '1', ...config }));
    const image = emptyImage(CLUSTER);
    this.#machine = controllerMachine({
      image,
      leaderEpoch: 1,
      config: BrokerConfig.from(properties).config,
      random: new SeededRandom(1),
    });
    this.#state = new ControllerState(image, 1);
    for (const [offset, record] of this.log.entries()) this.#state.replay(record, offset);
    for (const id of brokers) this.join(id);
  }

  get image(): MetadataImage {
    return this.#state.image;
  }

  ask<Api extends ControllerApi>(api: Api, request: ControllerApis[Api]['request']): ControllerApis[Api]['response'] {
    const asked = { api, request } as ControllerRequest;
    this.turns = 0;
    for (let input: Input<ControllerInput> | undefined = { kind: 'request', ticket: 1, request: asked }; ;) {
      const { records = [], replies = [], rest } = this.#machine.handle(this.#state, {}, input, 0);
      for (const record of records) this.#state.replay(record, this.log.push(record) - 1);
      this.turns++;
      if (rest === undefined) return replies[0]?.[1] as ControllerApis[Api]['response'];
      input = rest;
    }
  }

  register(
    brokerId: number,
    {
      incarnationId = `incarnation-${brokerId}`.padEnd(22, 'A'),
      previousBrokerEpoch = -1,
      rack = null,
    }: { readonly incarnationId?: string; readonly previousBrokerEpoch?: number; readonly rack?: string | null } = {},
  ): number {
    const { errorCode, brokerEpoch = -1 } = this.ask('registerBroker', {
      brokerId,
      clusterId: CLUSTER,
      incarnationId,
      listeners: [{ name: 'PLAINTEXT', host: 'localhost', port: 9000 + brokerId, securityProtocol: 0 }],
      features: SERVED_FEATURES.map(({ name, min, max }) => ({
        name,
        minSupportedVersion: min,
        maxSupportedVersion: max,
      })),
      rack,
      isMigratingZkBroker: false,
      logDirs: [directoryOfBroker(brokerId)],
      previousBrokerEpoch,
    });
    assert(errorCode === ErrorCode.NONE, `broker ${brokerId} registers`);
    return brokerEpoch;
  }

  heartbeat(brokerId: number, wish: 'in' | 'fence' | 'shut down'): number {
    return this.ask('brokerHeartbeat', {
      brokerId,
      brokerEpoch: this.image.brokers.get(brokerId)?.epoch ?? -1,
      currentMetadataOffset: this.log.length,
      wantFence: wish === 'fence',
      wantShutDown: wish === 'shut down',
      offlineLogDirs: [],
      cordonedLogDirs: null,
    }).errorCode;
  }

  join(brokerId: number, rack: string | null = null): void {
    this.register(brokerId, { rack });
    this.heartbeat(brokerId, 'in');
  }

  create(...topics: (Partial<CreateTopicsRequest['topics'][number]> & { name: string })[]) {
    return this.ask('createTopics', { topics: topics.map(wanted), timeoutMs: 1000, validateOnly: false }).topics;
  }

  errorOf(topic: Partial<CreateTopicsRequest['topics'][number]> & { name: string }): number {
    return this.create(topic)[0]?.errorCode ?? -2;
  }

  grow(name: string, count: number, assignments: { brokerIds: number[] }[] | null = null): number {
    const topics = [{ name, count, assignments }];
    return this.ask('createPartitions', { topics, timeoutMs: 1000, validateOnly: false }).results[0]?.errorCode ?? -2;
  }

  alter(
    resourceType: number,
    resourceName: string,
    name: string,
    configOperation: number,
    value: string | null,
    validateOnly = false,
  ): number {
    const resources = [{ resourceType, resourceName, configs: [{ name, configOperation, value }] }];
    return this.ask('incrementalAlterConfigs', { resources, validateOnly }).responses[0]?.errorCode ?? -2;
  }

  /** The leader of a partition tells who is in sync. */
  setIsr(topic: string, index: number, isr: readonly number[]): number | undefined {
    const { leader, leaderEpoch, partitionEpoch } = this.partition(topic, index);
    const wanted = {
      partitionIndex: index,
      leaderEpoch,
      partitionEpoch,
      newIsr: [...isr],
      newIsrWithEpochs: [],
      leaderRecoveryState: 0,
    };
    return this.ask('alterPartition', {
      brokerId: leader,
      brokerEpoch: this.image.brokers.get(leader)?.epoch ?? -1,
      topics: [{ topicId: this.image.topics.byName(topic)?.id ?? '', partitions: [wanted] }],
    }).topics[0]?.partitions[0]?.errorCode;
  }

  partition(topic: string, index = 0): Partition {
    const partition = this.image.topics.partition(topic, index);
    if (partition === undefined) throw new Error(`no ${topic}-${index}`);
    return partition;
  }
}

export const directoryOfBroker = (brokerId: number): string => `directory-${brokerId}`.padEnd(22, 'A');

export function wanted(
  topic: Partial<CreateTopicsRequest['topics'][number]> & { name: string },
): CreateTopicsRequest['topics'][number] {
  const hasAssignments = topic.assignments !== undefined;
  const one = hasAssignments ? -1 : 1;
  return { numPartitions: one, replicationFactor: one, assignments: [], configs: [], ...topic };
}

export const assigned = (...brokers: number[][]) =>
  brokers.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }));
