/**
 * GetTelemetrySubscriptions v0: what metrics a client is to push, and how often (KIP-714).
 *
 * Clients are told of this API only while someone receives the metrics, as with Apache Kafka. Asking before the push interval
 * is over is THROTTLING_QUOTA_EXCEEDED.
 */
import { ErrorCode } from '../../wire/index.ts';
import { GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse } from '../../wire/messages/index.ts';
import { COMPRESSION_TYPES } from '../../wire/records/index.ts';
import { ZERO_UUID } from '../../base/index.ts';
import type { ClientTelemetry } from '../client-telemetry.ts';
import { api, route, type Route } from '../route.ts';

/** Best first. */
const accepted = (['zstd', 'lz4', 'gzip', 'snappy'] as const).map((type) => COMPRESSION_TYPES.indexOf(type));

export function getTelemetrySubscriptions({ telemetry }: { readonly telemetry: ClientTelemetry }): Route {
  return route(
    api(GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse),
    { authorize: { operation: 'Describe', resource: 'none' }, hidden: () => !telemetry.isOn },
    ({ clientInstanceId }, { clientId, connection }) => {
      const subscription = telemetry.subscribe(clientInstanceId, { clientId, connection });
      if (typeof subscription === 'number') return refused(subscription);
      return {
        ...subscription,
        errorCode: ErrorCode.NONE,
        acceptedCompressionTypes: accepted,
        telemetryMaxBytes: telemetry.maxBytes,
        deltaTemporality: true,
        requestedMetrics: [...subscription.requestedMetrics],
      };
    },
  );
}

const refused = (errorCode: number) => ({
  errorCode,
  clientInstanceId: ZERO_UUID,
  subscriptionId: 0,
  acceptedCompressionTypes: [],
  pushIntervalMs: 0,
  telemetryMaxBytes: 0,
  deltaTemporality: false,
  requestedMetrics: [],
});
