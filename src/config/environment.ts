/** Variables of Kafka's container image that are about its Java process and logging, not about the broker. */
const aboutTheProcess = new Set([
  'KAFKA_VERSION',
  'KAFKA_HEAP_OPTS',
  'KAFKA_LOG4J_OPTS',
  'KAFKA_OPTS',
  'KAFKA_JMX_OPTS',
  'KAFKA_JVM_PERFORMANCE_OPTS',
  'KAFKA_GC_LOG_OPTS',
  'KAFKA_LOG4J_ROOT_LOGLEVEL',
  'KAFKA_LOG4J_LOGGERS',
  'KAFKA_TOOLS_LOG4J_LOGLEVEL',
  'KAFKA_JMX_HOSTNAME',
]);

/**
 * The broker configs among environment variables, as Kafka's container image reads them: `KAFKA_LOG_RETENTION_MS` is
 * `log.retention.ms`; two underscores are one, and three are a dash.
 */
export function environmentProperties(environment: Readonly<Record<string, string | undefined>>): Map<string, string> {
  const properties = new Map<string, string>();
  for (const [variable, value] of Object.entries(environment)) {
    if (value === undefined || !variable.startsWith('KAFKA_') || aboutTheProcess.has(variable)) continue;
    const name = variable.slice('KAFKA_'.length).toLowerCase();
    properties.set(
      name.replace(/___|__|_/g, (run) => ({ 3: '-', 2: '_' })[run.length] ?? '.'),
      value,
    );
  }
  return properties;
}
