import { ErrorCode } from '../../wire/index.ts';
import type { AlterClientQuotasRequest } from '../../wire/messages/index.ts';
import { quotaEntityKey, type QuotaEntity } from '../client-quotas.ts';
import type { MetadataRecord } from '../record.ts';
import type { Answer } from './apis.ts';
import type { ControllerContext, Decision } from './context.ts';

type Response = Answer<'alterClientQuotas'>;
type Op = AlterClientQuotasRequest['entries'][number]['ops'][number];
type EntityPart = AlterClientQuotasRequest['entries'][number]['entity'][number];

const INT_MAX = 2_147_483_647;
const LONG_MAX = 2 ** 63;

/** The most a quota may be; undefined where it may be any positive number and need not be whole (QuotaConfig). */
const userAndClientKeys: ReadonlyMap<string, number | undefined> = new Map([
  ['producer_byte_rate', LONG_MAX],
  ['consumer_byte_rate', LONG_MAX],
  ['request_percentage', undefined],
  ['controller_mutation_rate', undefined],
]);
const ipKeys: ReadonlyMap<string, number | undefined> = new Map([['connection_creation_rate', INT_MAX]]);

/** How far a quota that must be whole may be from it. */
const WHOLE_WITHIN = 1e-6;

/**
 * AlterClientQuotas (KIP-546), per entity all changes or none, as Kafka's ClientQuotaControlManager has it: an entity named
 * twice is refused, though the first of its changes is done. Whether the name of an `ip` is an address is for the
 * broker to find out that was asked.
 */
export function alterClientQuotas(
  { image }: ControllerContext,
  { entries, validateOnly }: AlterClientQuotasRequest,
): Decision<Response> {
  const records: MetadataRecord[] = [];
  const results = new Map<string, Response['entries'][number]>();
  for (const { entity: parts, ops } of entries) {
    const entity: QuotaEntity = new Map(parts.map(({ entityType, entityName }) => [entityType, entityName]));
    const named = [...entity].map(([entityType, entityName]): EntityPart => ({ entityType, entityName }));
    const key = quotaEntityKey(entity);
    const isTwice = results.has(key);
    const problem = isTwice ? 'an entity may be named only once' : (entityProblem(entity) ?? opsProblem(entity, ops));
    results.set(key, {
      errorCode: problem === undefined ? ErrorCode.NONE : ErrorCode.INVALID_REQUEST,
      errorMessage: problem ?? null,
      entity: named,
    });
    if (problem === undefined) records.push(...changes(image.clientQuotas.of(entity), named, ops));
  }
  return { records: validateOnly ? [] : records, response: { entries: [...results.values()] } };
}

function changes(
  now: ReadonlyMap<string, number>,
  entity: readonly EntityPart[],
  ops: readonly Op[],
): MetadataRecord[] {
  return ops.flatMap(({ key, value, remove }): MetadataRecord[] => {
    if (remove ? !now.has(key) : Object.is(now.get(key), value)) return [];
    return [{ type: 'ClientQuotaRecord', value: { entity: [...entity], key, value: remove ? 0 : value, remove } }];
  });
}

function entityProblem(entity: QuotaEntity): string | undefined {
  if (entity.size === 0) return 'an entity must be named';
  for (const [type, name] of entity) {
    if (!['user', 'client-id', 'ip'].includes(type)) return `there are no quotas for entities of type '${type}'`;
    if (name === '') return `the name of the ${type} is empty; null stands for the default`;
  }
  return entity.has('ip') && entity.size > 1
    ? 'an ip has quotas of its own, not together with users or clients'
    : undefined;
}

function opsProblem(entity: QuotaEntity, ops: readonly Op[]): string | undefined {
  const keys = entity.has('ip') ? ipKeys : userAndClientKeys;
  if (new Set(ops.map(({ key }) => key)).size < ops.length) return 'a quota is named more than once';
  for (const { key, value, remove } of ops) {
    // Removing what cannot be there is fine.
    if (remove) continue;
    if (!keys.has(key)) return `there is no quota called ${key} for such an entity`;
    if (value <= 0) return `${key} must be more than 0`;
    const most = keys.get(key);
    if (most === undefined) continue;
    if (value > most) return `${key} must be at most ${most}`;
    if (Math.abs(value - Math.trunc(value)) > WHOLE_WITHIN) return `${key} must be a whole number`;
  }
  return undefined;
}
