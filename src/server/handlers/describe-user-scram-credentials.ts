/**
 * DescribeUserScramCredentials v0: which users have SCRAM credentials, with which mechanisms and iterations (KIP-554). Salts and
 * keys are never told. No users named are all users.
 */
import type { MetadataImage } from '../../metadata/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import {
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse,
} from '../../wire/messages/index.ts';
import { api, route, type Route } from '../route.ts';

export function describeUserScramCredentials({ image }: { readonly image: () => MetadataImage }): Route {
  return route(
    api(DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse),
    { authorize: { operation: 'Describe', resource: 'Cluster' } },
    ({ users: asked }) => {
      const { scramCredentials } = image();
      const users =
        asked === null || asked.length === 0 ? [...scramCredentials.users()] : asked.map(({ name }) => name);
      const times = new Map<string, number>();
      for (const user of users) times.set(user, (times.get(user) ?? 0) + 1);
      const results = [...times].map(([user, count]) => {
        const failed = (errorCode: number, errorMessage: string) => ({
          user,
          errorCode,
          errorMessage,
          credentialInfos: [],
        });
        if (count > 1) return failed(ErrorCode.DUPLICATE_RESOURCE, `${user} is named more than once`);
        const credentials = [...scramCredentials.of(user).values()];
        if (credentials.length === 0) return failed(ErrorCode.RESOURCE_NOT_FOUND, `${user} has no SCRAM credentials`);
        return {
          user,
          errorCode: ErrorCode.NONE,
          errorMessage: '',
          credentialInfos: credentials.map(({ mechanism, iterations }) => ({ mechanism, iterations })),
        };
      });
      return { errorCode: ErrorCode.NONE, errorMessage: '', results };
    },
  );
}
