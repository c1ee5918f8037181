/**
 * DescribeClientQuotas v0-1: the quotas whose entity a filter matches (KIP-546). They are described, and not enforced yet.
 *
 * A filter names entity types: with a name, as the default (null), or with any name. `strict` leaves out entities that have
 * types beside those. v1 only says the same in flexible form. Mirrors Kafka's ClientQuotasImage.describe.
 */
import type { ClientQuota, MetadataImage, QuotaEntity } from '../../metadata/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { DescribeClientQuotasRequest, DescribeClientQuotasResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

type Component = DescribeClientQuotasRequest['components'][number];

const MatchType = { exact: 0, default: 1, any: 2 } as const;
const entityTypes = ['user', 'client-id', 'ip'];

export function describeClientQuotas({ image }: { readonly image: () => MetadataImage }): Route {
  return route(
    api(DescribeClientQuotasRequest, DescribeClientQuotasResponse),
    { authorize: { operation: 'DescribeConfigs', resource: 'Cluster' } },
    ({ components, strict }) => {
      const refusal = filterProblem(components);
      if (refusal !== undefined) return { ...refusal, entries: null };
      const matching = [...image().clientQuotas].filter(
        ({ entity }) =>
          (!strict || entity.size === components.length) && components.every((component) => matches(component, entity)),
      );
      return { errorCode: ErrorCode.NONE, errorMessage: '', entries: matching.map(described) };
    },
  );
}

function matches({ entityType, matchType, match }: Component, entity: QuotaEntity): boolean {
  const name = entity.get(entityType);
  return matchType === MatchType.any ? name !== undefined : name === match;
}

function described({ entity, values }: ClientQuota): {
  entity: { entityType: string; entityName: string | null }[];
  values: { key: string; value: number }[];
} {
  return {
    entity: [...entity].map(([entityType, entityName]) => ({ entityType, entityName })),
    values: [...values].map(([key, value]) => ({ key, value })),
  };
}

/** The first component that says nothing sensible decides. */
function filterProblem(
  components: readonly Component[],
): { readonly errorCode: number; readonly errorMessage: string } | undefined {
  const invalid = (errorMessage: string) => ({ errorCode: ErrorCode.INVALID_REQUEST, errorMessage });
  const seen = new Set<string>();
  for (const { entityType, matchType, match } of components) {
    if (entityType === '') return invalid('an entity type is empty');
    if (seen.has(entityType)) return invalid(`entity type ${entityType} is named more than once`);
    if (!entityTypes.includes(entityType)) {
      const errorMessage = `there are no quotas for entities of type '${entityType}'`;
      return { errorCode: ErrorCode.UNSUPPORTED_VERSION, errorMessage };
    }
    seen.add(entityType);
    switch (matchType) {
      case MatchType.exact:
        if (match === null) return invalid(`a name of the ${entityType} is needed for an exact match`);
        break;
      case MatchType.default:
      case MatchType.any:
        if (match !== null) return invalid(`a name of the ${entityType} goes with an exact match only`);
        break;
      default:
        return invalid(`there is no match type ${matchType}`);
    }
  }
  return seen.has('ip') && seen.size > 1 ? invalid('no entity has an ip and a user or client id') : undefined;
}
