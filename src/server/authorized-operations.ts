/** Bits of org.apache.kafka.common.acl.AclOperation codes, as Metadata and the Describe APIs show them (KIP-430). */
const bits = (...codes: number[]): number => codes.reduce((sum, code) => sum | (1 << code), 0);

const READ = 3,
  WRITE = 4,
  CREATE = 5,
  DELETE = 6,
  ALTER = 7,
  DESCRIBE = 8;
const CLUSTER_ACTION = 9,
  DESCRIBE_CONFIGS = 10,
  ALTER_CONFIGS = 11,
  IDEMPOTENT_WRITE = 12;

/** In answers to clients that did not ask. */
export const OPERATIONS_NOT_ASKED_FOR = -(2 ** 31);

/** Everything there is to be allowed on a kind of resource: what everyone may while there is no authorizer. */
export const ALL_OPERATIONS = {
  topic: bits(READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS),
  group: bits(READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS),
  cluster: bits(CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE),
} as const;
