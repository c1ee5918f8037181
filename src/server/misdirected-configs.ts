import { ConfigResourceType } from '../metadata/index.ts';
import { ErrorCode } from '../wire/index.ts';

interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
}

interface Outcome extends Resource {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/**
 * Has the controller alter configs, but for those of another broker: a broker takes only its own, and the cluster's defaults
 * (Kafka's ConfigAdminManager). The outcomes come in the order of asking.
 */
export async function alterOwn<R extends Resource>(
  resources: readonly R[],
  nodeId: number,
  alter: (resources: R[]) => Promise<{ readonly responses: readonly Outcome[] }>,
): Promise<{ responses: Outcome[] }> {
  const isMisdirected = ({ resourceType, resourceName }: R): boolean =>
    resourceType === ConfigResourceType.broker && /^[+-]?\d+$/.test(resourceName) && Number(resourceName) !== nodeId;
  if (!resources.some(isMisdirected)) return { responses: [...(await alter([...resources])).responses] };
  const { responses } = await alter(resources.filter((resource) => !isMisdirected(resource)));
  const outcomes = [...responses];
  return {
    responses: resources.flatMap((resource) => {
      if (!isMisdirected(resource)) return outcomes.splice(0, 1);
      const { resourceType, resourceName } = resource;
      const errorMessage = `broker ${nodeId} was asked to alter the configs of broker ${resourceName}`;
      return [{ errorCode: ErrorCode.INVALID_REQUEST, errorMessage, resourceType, resourceName }];
    }),
  };
}
