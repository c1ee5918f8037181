import { ConfigResourceType } from '../metadata/index.ts';
import { ErrorCode } from '../wire/index.ts';

interface Resource {
  readonly resourceType: number;
  readonly resourceName: string;
}

interface Refusal {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

type Outcome = Refusal & Resource;

/** Whether a broker's own resource is another broker's: a broker takes only its own (Kafka's ConfigAdminManager). */
export function misdirected({ resourceName }: Resource, nodeId: number): Refusal | undefined {
  if (/^[+-]?\d+$/.test(resourceName) && Number(resourceName) === nodeId) return undefined;
  const errorMessage = `broker ${nodeId} was asked to alter the configs of broker '${resourceName}'`;
  return { errorCode: ErrorCode.INVALID_REQUEST, errorMessage };
}

/**
 * Has the controller alter configs, but for those that this broker decides itself: `settle` gives their outcome. Those of another
 * broker are refused; the cluster's defaults, and what is no broker's id, are the controller's. The outcomes come in the
 * order of asking.
 */
export async function alterOwn<R extends Resource>(
  resources: readonly R[],
  { nodeId, settle }: { readonly nodeId: number; readonly settle?: (resource: R) => Refusal | undefined },
  alter: (resources: R[]) => Promise<{ readonly responses: readonly Outcome[] }>,
): Promise<{ responses: Outcome[] }> {
  const settled = new Map<R, Refusal>();
  for (const resource of resources) {
    const isOfBroker = resource.resourceType === ConfigResourceType.broker && /^[+-]?\d+$/.test(resource.resourceName);
    const outcome = isOfBroker ? misdirected(resource, nodeId) : settle?.(resource);
    if (outcome !== undefined) settled.set(resource, outcome);
  }
  const { responses } = await alter(resources.filter((resource) => !settled.has(resource)));
  let answered = 0;
  return {
    responses: resources.flatMap((resource) => {
      const outcome = settled.get(resource);
      if (outcome === undefined) return responses[answered++] ?? [];
      const { resourceType, resourceName } = resource;
      return [{ ...outcome, resourceType, resourceName }];
    }),
  };
}
