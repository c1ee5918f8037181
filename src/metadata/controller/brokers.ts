import { ErrorCode } from '../../wire/index.ts';
import type { BrokerHeartbeatRequest, BrokerRegistrationRequest } from '../../wire/messages/index.ts';
import type { Broker } from '../brokers.ts';
import type { MetadataRecord } from '../record.ts';
import { NO_LEADER } from '../topics.ts';
import type { Answer } from './apis.ts';
import type { ControllerContext, Decision } from './context.ts';
import { directoryOf } from './directories.ts';
import { changePartition, electionAllowed } from './elections.ts';

type RegistrationResponse = Answer<'registerBroker'>;
type HeartbeatResponse = Answer<'brokerHeartbeat'>;

/** In a BrokerRegistrationChangeRecord: fence, unfence, or (0) neither. */
const FENCE = 1;
const UNFENCE = -1;

/**
 * BrokerRegistration: the broker comes back fenced, with the offset of this batch as its epoch. Whoever registers while
 * an earlier incarnation still seems to run is that broker after a crash: nobody else holds the folder's lock. What an
 * unclean stop may have cost it is decided by `previousBrokerEpoch` (KIP-966), the epoch of its last clean stop.
 */
export function registerBroker(
  context: ControllerContext,
  request: BrokerRegistrationRequest,
): Decision<RegistrationResponse> {
  const { image } = context;
  if (request.clusterId !== image.clusterId)
    return { records: [], response: { errorCode: ErrorCode.INCONSISTENT_CLUSTER_ID } };
  for (const [name, level] of image.features) {
    const supported = request.features.find((feature) => feature.name === name);
    // A feature that the broker does not name is one it never uses, such as share groups in a folder of Apache Kafka.
    if (supported === undefined) continue;
    if (level < supported.minSupportedVersion || level > supported.maxSupportedVersion)
      return { records: [], response: { errorCode: ErrorCode.UNSUPPORTED_VERSION } };
  }
  const before = image.brokers.get(request.brokerId);
  const brokerEpoch = image.position.offset + 1;
  const records: MetadataRecord[] = [];
  const isSameProcess = before?.incarnationId === request.incarnationId;
  if (before !== undefined && !isSameProcess) {
    const isUnclean = request.previousBrokerEpoch !== before.epoch;
    if (isUnclean || !before.fenced) records.push(...leave(context, before, { isUnclean }));
  }
  records.push({
    type: 'RegisterBrokerRecord',
    value: {
      brokerId: request.brokerId,
      isMigratingZkBroker: false,
      incarnationId: request.incarnationId,
      brokerEpoch,
      endPoints: request.listeners,
      features: request.features,
      rack: request.rack,
      fenced: true,
      inControlledShutdown: false,
      logDirs: request.logDirs,
      cordonedLogDirs: null,
    },
  });
  return { records, response: { errorCode: ErrorCode.NONE, brokerEpoch } };
}

/** BrokerHeartbeat: a broker that has caught up with its registration is let in; one that wants to go hands over first. */
export function brokerHeartbeat(
  context: ControllerContext,
  request: BrokerHeartbeatRequest,
): Decision<HeartbeatResponse> {
  const broker = context.image.brokers.get(request.brokerId);
  const problem = epochProblem(broker, request.brokerEpoch);
  if (broker === undefined || problem !== undefined)
    return { records: [], response: { errorCode: problem ?? ErrorCode.UNKNOWN_SERVER_ERROR, shouldShutDown: false } };
  const isCaughtUp = request.currentMetadataOffset >= broker.epoch;
  const answer = (records: readonly MetadataRecord[], isFenced: boolean): Decision<HeartbeatResponse> => ({
    records: [...records, ...directoryChanges(context, broker, request)],
    response: { errorCode: ErrorCode.NONE, isCaughtUp, isFenced, shouldShutDown: request.wantShutDown },
  });
  if (request.wantShutDown) {
    const announce = broker.inControlledShutdown ? [] : [change(broker, { inControlledShutdown: 1 })];
    const fence = broker.fenced ? [] : [change(broker, { fenced: FENCE })];
    return answer([...announce, ...leave(context, broker), ...fence], true);
  }
  if (request.wantFence)
    return answer(broker.fenced ? [] : [...leave(context, broker), change(broker, { fenced: FENCE })], true);
  if (!broker.fenced || !isCaughtUp) return answer([], broker.fenced);
  return answer([change(broker, { fenced: UNFENCE }), ...arrive(context, broker)], false);
}

/** What a broker tells of its directories: those that failed and with them their replicas, those that take no new ones. */
function directoryChanges(
  context: ControllerContext,
  broker: Broker,
  { offlineLogDirs, cordonedLogDirs }: BrokerHeartbeatRequest,
): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  const failed = broker.directories.filter((id) => offlineLogDirs.includes(id));
  if (failed.length > 0) {
    const logDirs = broker.directories.filter((id) => !failed.includes(id));
    records.push(...leave(context, broker, { directories: failed }), change(broker, { logDirs }));
  }
  const isCordoned = (id: string): boolean => broker.cordonedDirectories.includes(id);
  const isNews = cordonedLogDirs?.length !== broker.cordonedDirectories.length || !cordonedLogDirs.every(isCordoned);
  if (cordonedLogDirs !== null && isNews) records.push(change(broker, { cordonedLogDirs }));
  return records;
}

/** Why a broker is not who it says, by id and epoch. */
export function epochProblem(broker: Broker | undefined, brokerEpoch: number): number | undefined {
  if (broker === undefined) return ErrorCode.BROKER_ID_NOT_REGISTERED;
  return broker.epoch === brokerEpoch ? undefined : ErrorCode.STALE_BROKER_EPOCH;
}

function change(
  { id: brokerId, epoch: brokerEpoch }: Broker,
  what: {
    readonly fenced?: number;
    readonly inControlledShutdown?: number;
    readonly logDirs?: string[];
    readonly cordonedLogDirs?: string[];
  },
): MetadataRecord {
  const { fenced = 0, inControlledShutdown = 0, logDirs = [], cordonedLogDirs = null } = what;
  return {
    type: 'BrokerRegistrationChangeRecord',
    value: { brokerId, brokerEpoch, fenced, inControlledShutdown, logDirs, cordonedLogDirs },
  };
}

/** The broker leads nothing any more and is in no ISR: of any partition, or of those it has in these directories. */
export function leave(
  context: ControllerContext,
  { id }: Broker,
  { isUnclean = false, directories }: { readonly isUnclean?: boolean; readonly directories?: readonly string[] } = {},
): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  for (const topic of context.image.topics) {
    for (const partition of topic.partitions) {
      const { isr, eligibleLeaderReplicas: elr, leader } = partition;
      if (leader !== id && !isr.includes(id) && !(isUnclean && elr.includes(id))) continue;
      if (directories?.includes(directoryOf(partition, id)) === false) continue;
      const record = changePartition(context, topic, partition, {
        isr: isr.filter((replica) => replica !== id),
        uncleanShutdown: isUnclean ? [id] : [],
        election: electionAllowed(context, topic.name),
        isAcceptable: (replica) => replica !== id && context.isActive(replica),
      });
      if (record !== undefined) records.push(record);
    }
  }
  return records;
}

/** Partitions without a leader may find one in the broker that came. */
function arrive(context: ControllerContext, { id }: Broker): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  for (const topic of context.image.topics) {
    for (const partition of topic.partitions) {
      if (partition.leader !== NO_LEADER || !partition.replicas.includes(id)) continue;
      const record = changePartition(context, topic, partition, {
        election: electionAllowed(context, topic.name),
        isAcceptable: (replica) => replica === id || context.isActive(replica),
      });
      if (record !== undefined) records.push(record);
    }
  }
  return records;
}
