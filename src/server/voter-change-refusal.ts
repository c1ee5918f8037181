import { ZERO_UUID } from '../base/index.ts';
import type { MetadataImage } from '../metadata/index.ts';
import { ErrorCode } from '../wire/index.ts';

/**
 * Why the voters of the metadata quorum don't change: what is wrong with the request, or else that kraft.version is 0.
 * @param otherProblem what else is wrong with the voter
 */
export function voterChangeRefusal(
  { clusterId }: MetadataImage,
  voter: { readonly clusterId: string | null; readonly voterId: number; readonly voterDirectoryId: string },
  otherProblem?: string,
): { errorCode: number; errorMessage: string } {
  if (voter.clusterId !== null && voter.clusterId !== clusterId) {
    const errorMessage = `this is cluster ${clusterId}, not ${voter.clusterId}`;
    return { errorCode: ErrorCode.INCONSISTENT_CLUSTER_ID, errorMessage };
  }
  if (voter.voterId < 0 || voter.voterDirectoryId === ZERO_UUID)
    return { errorCode: ErrorCode.INVALID_REQUEST, errorMessage: 'a voter has an id and a directory id' };
  if (otherProblem !== undefined) return { errorCode: ErrorCode.INVALID_REQUEST, errorMessage: otherProblem };
  const errorMessage = 'kraft.version is 0: the voters stand in controller.quorum.voters';
  return { errorCode: ErrorCode.UNSUPPORTED_VERSION, errorMessage };
}
