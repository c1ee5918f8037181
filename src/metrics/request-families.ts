import type { Histogram } from '../base/index.ts';
import { errorName } from '../wire/index.ts';
import { counter, gauge, histogram, type Family, type Labels } from './family.ts';
import type { ApiFigures, MetricsSources } from './sources.ts';

const MS_PER_SECOND = 1_000;

/** Phases by the names of Kafka's RequestMetrics; the total has a metric of its own. */
const PHASES = {
  queue: 'request_queue',
  local: 'local',
  remote: 'remote',
  responseQueue: 'response_queue',
  responseSend: 'response_send',
} as const;

type Phase = keyof typeof PHASES;

/** What is asked, how it is answered, how long it takes, and who is connected. */
export function requestFamilies({
  apis,
  network,
  connections,
  unsentBytes,
  fetchSessions,
}: MetricsSources): readonly Family[] {
  const byApi = (value: (api: ApiFigures) => number) => () =>
    [...apis()].map((api) => [{ api: api.name }, value(api)] as const);
  return [
    counter('ottla_requests_total', 'Requests by API and version.', function* () {
      for (const { name, requests } of apis())
        for (const [version, count] of requests.entries())
          if (count > 0) yield [{ api: name, version: String(version) }, count];
    }),
    counter('ottla_request_errors_total', 'Error codes in answers by API; one answer may hold many.', function* () {
      for (const { name, errors } of apis())
        for (const [code, count] of errors) yield [{ api: name, error: errorName(code) }, count];
    }),
    counter(
      'ottla_request_bytes_total',
      'Bytes of requests by API.',
      byApi((api) => api.requestBytes),
    ),
    counter(
      'ottla_response_bytes_total',
      'Bytes of answers by API.',
      byApi((api) => api.responseBytes),
    ),
    gauge(
      'ottla_requests_in_progress',
      'Requests that are not answered yet, those that wait included.',
      byApi((api) => api.inProgress),
    ),
    histogram(
      'ottla_request_seconds',
      'From when a request was there to when its answer was handed over.',
      MS_PER_SECOND,
      () => [...apis()].map((api) => [{ api: api.name }, api.times.total] as const),
    ),
    histogram('ottla_request_phase_seconds', 'Where the time of requests goes.', MS_PER_SECOND, () => phases(apis())),
    gauge('ottla_connections', 'Open connections.', () => byLabel('listener', connections())),
    counter('ottla_connections_accepted_total', 'Connections that were served.', () =>
      byLabel('listener', network.accepted),
    ),
    counter('ottla_connections_closed_total', 'Connections that have ended, by what ended them.', () =>
      byLabel('cause', Object.entries(network.closed)),
    ),
    counter('ottla_connections_rejected_total', 'Connections that were turned away at once, by limit.', () =>
      byLabel('cause', Object.entries(network.rejected)),
    ),
    counter('ottla_network_received_bytes_total', 'Bytes that came in from clients.', () => network.receivedBytes),
    counter('ottla_network_sent_bytes_total', 'Bytes that sockets of clients have taken.', () => network.sentBytes),
    gauge('ottla_unsent_bytes', 'Bytes of answers that wait for slow readers.', unsentBytes),
    gauge('ottla_fetch_sessions', 'Incremental fetch sessions.', fetchSessions),
  ];
}

function* phases(apis: Iterable<ApiFigures>): Generator<readonly [Labels, Histogram], void, undefined> {
  for (const { name, times } of apis)
    for (const phase of Object.keys(PHASES) as Phase[]) yield [{ api: name, phase: PHASES[phase] }, times[phase]];
}

function* byLabel(
  label: string,
  values: Iterable<readonly [string, number]>,
): Generator<readonly [Labels, number], void, undefined> {
  for (const [key, value] of values) yield [{ [label]: key }, value];
}
