import { className, int, list, long, string } from './definition.ts';

/** Client quotas, metrics, telemetry, and other matters of running a broker. */
export const operationsConfigs = {
  'quota.window.num': int({ default: 11, min: 1, doc: 'Samples kept for client quotas.' }),
  'quota.window.size.seconds': int({ default: 1, min: 1, doc: 'Length of a sample for client quotas.' }),
  'controller.quota.window.num': int({
    default: 11,
    min: 1,
    doc: 'Samples kept for quotas on changes made through the controller.',
  }),
  'controller.quota.window.size.seconds': int({
    default: 1,
    min: 1,
    doc: 'Length of a sample for quotas on changes made through the controller.',
  }),
  'client.quota.callback.class': className({ default: null, doc: 'A Java class that decides client quotas.' }),
  'metric.reporters': list({
    default: ['org.apache.kafka.common.metrics.JmxReporter'],
    scope: 'cluster-wide',
    obeyed: true,
    doc: 'Who is told of metrics: ottla.ClientTelemetryLog takes in the metrics of clients (KIP-714); Java classes are names only.',
  }),
  'metrics.num.samples': int({ default: 2, min: 1, doc: 'Samples kept to compute a metric.' }),
  'metrics.sample.window.ms': long({ default: 30000, min: 1, doc: 'Length of a sample of a metric.' }),
  'metrics.recording.level': string({ default: 'INFO', doc: 'How detailed the recorded metrics are.' }),
  'kafka.metrics.reporters': list({ default: [], doc: "Java classes that report the server's older kind of metrics." }),
  'kafka.metrics.polling.interval.secs': int({
    default: 10,
    min: 1,
    doc: 'Polling interval handed to those reporters.',
  }),
  'telemetry.max.bytes': int({
    default: 1048576,
    min: 1,
    obeyed: true,
    doc: 'Largest push of client metrics accepted, as it comes over the wire.',
  }),
  'config.providers': list({
    default: [],
    scope: 'cluster-wide',
    doc: 'Names of providers that fill in config values from other places.',
  }),
};
