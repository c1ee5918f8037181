/**
 * AlterClientQuotas v0-1: sets and removes quotas of users, client ids and addresses (KIP-546). The controller decides, but for
 * one thing: the name of an `ip` may be a host name, and only one that can be resolved. v1 only says the same in flexible form.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ClusterMetadata } from '../../metadata/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import { AlterClientQuotasRequest, AlterClientQuotasResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

type Entry = AlterClientQuotasRequest['entries'][number];

/** Longer than any host name. */
const MAX_HOST_CHARACTERS = 255;

export function alterClientQuotas({ cluster }: { readonly cluster: ClusterMetadata }): Route {
  return route(
    api(AlterClientQuotasRequest, AlterClientQuotasResponse),
    { authorize: { operation: 'AlterConfigs', resource: 'Cluster' } },
    async ({ entries, validateOnly }) => {
      const unresolved = new Set<Entry>();
      for (const entry of entries) if (!(await addressIsKnown(entry))) unresolved.add(entry);
      const asked = entries.filter((entry) => !unresolved.has(entry));
      const answer = await cluster.request('alterClientQuotas', { entries: asked, validateOnly });
      return {
        entries: [
          ...answer.entries,
          ...[...unresolved].map(({ entity }) => ({
            errorCode: ErrorCode.INVALID_REQUEST,
            errorMessage: 'the ip is neither an address nor a host name that can be resolved',
            entity,
          })),
        ],
      };
    },
  );
}

async function addressIsKnown({ entity }: Entry): Promise<boolean> {
  const host = entity.findLast(({ entityType }) => entityType === 'ip')?.entityName ?? '';
  // Without a name it is the default; a whole entity that is refused anyway needs no look-up.
  if (host === '' || entity.length > 1 || isIP(host) !== 0) return true;
  if (host.length > MAX_HOST_CHARACTERS) return false;
  return await lookup(host).then(
    () => true,
    () => false,
  );
}
