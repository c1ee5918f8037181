export type { ConnectionLimits } from './connection.ts';
export { FetchSessions } from './fetch-sessions.ts';
export { GROUPS_TOPIC, groupCoordinator, type GroupCoordinator } from './group-coordinator.ts';
export { ListenError, Listeners, type AcceptLimits, type ListenerAddress } from './listener.ts';
export { Pipeline } from './pipeline.ts';
export { producerIdSource, type ProducerIdSource } from './producer-ids.ts';
export type { Route } from './route.ts';
export { routes, type Rooms } from './routes.ts';
export { isInternalTopic } from './topics.ts';
