import { CoordinatorLoadInProgressError, NotCoordinatorError } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';

/** A shard's reply, or NOT_COORDINATOR or COORDINATOR_LOAD_IN_PROGRESS. */
export async function askShard<Request, Reply>(
  shards: { request(partition: number, request: Request): Promise<Reply> },
  partition: number,
  request: Request,
): Promise<Reply | number> {
  try {
    return await shards.request(partition, request);
  } catch (error) {
    if (error instanceof NotCoordinatorError) return ErrorCode.NOT_COORDINATOR;
    if (error instanceof CoordinatorLoadInProgressError) return ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
    throw error;
  }
}
