/** AlterUserScramCredentials v0: sets and deletes SCRAM credentials (KIP-554). They are kept and described; logins come with security. */
import type { ClusterMetadata } from '../../metadata/index.ts';
import { AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse } from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

export function alterUserScramCredentials({ cluster }: { readonly cluster: ClusterMetadata }): Route {
  return route(
    api(AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse),
    { authorize: { operation: 'Alter', resource: 'Cluster' } },
    (request) => cluster.request('alterUserScramCredentials', request),
  );
}
