/**
 * PushTelemetry v0: a client's metrics (KIP-714), in OpenTelemetry's form, packed with one of Kafka's compression types.
 *
 * Too early is THROTTLING_QUOTA_EXCEEDED, the last push before a client leaves excepted; other subscriptions than those in
 * force are UNKNOWN_SUBSCRIPTION_ID; more than `telemetry.max.bytes` is TELEMETRY_TOO_LARGE; what is no metrics,
 * INVALID_RECORD. Clients are told of this API only while someone receives the metrics.
 */
import { PushTelemetryRequest, PushTelemetryResponse } from '../../wire/messages/index.ts';
import type { ClientTelemetry } from '../client-telemetry.ts';
import { api, route, type Route } from '../route.ts';

export function pushTelemetry({ telemetry }: { readonly telemetry: ClientTelemetry }): Route {
  return route(
    api(PushTelemetryRequest, PushTelemetryResponse),
    {
      authorize: { operation: 'Describe', resource: 'none' },
      hidden: () => !telemetry.isOn,
      preparation: (push) => telemetry.prepare(push),
    },
    (push, { clientId, connection }) => ({ errorCode: telemetry.push(push, { clientId, connection }) }),
  );
}
