import { FileError, type Clock, type Logger } from '../base/index.ts';
import type { LogDirectories, LogDirectory } from '../storage/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { PartitionLeader } from './leader.ts';
import { ReplicaMove } from './replica-move.ts';

/** In which directory a replica lies now. */
export interface Assignment {
  readonly topicId: string;
  readonly partition: number;
  readonly directoryId: string;
}

export interface ReplicaMovesOptions {
  readonly directories: LogDirectories;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Tells the controller; resolves when it knows. */
  readonly assign: (assignments: readonly Assignment[]) => Promise<void>;
  /** `replica.alter.log.dirs.io.max.bytes.per.second`; undefined for no limit. */
  readonly moveBytesPerSecond: () => number | undefined;
  /** How many replicas are copied at a time (`num.replica.alter.log.dirs.threads`). */
  readonly maxMoves: number;
}

/** The replicas of this broker that are on their way from one of its directories to another. */
export class ReplicaMoves {
  readonly #options: ReplicaMovesOptions;
  /** In the order of asking. */
  readonly #moves = new Map<PartitionLeader, ReplicaMove>();
  readonly #running = new Set<PartitionLeader>();

  constructor(options: ReplicaMovesOptions) {
    this.#options = options;
  }

  /** Sends a replica on its way, or another way, or lets it stay. Returns Kafka's error code. */
  move(leader: PartitionLeader, directory: LogDirectory): number {
    const { directories } = this.#options;
    const under = this.#moves.get(leader);
    if (under !== undefined && under.directory !== directory) this.cancel(leader);
    if (this.#moves.has(leader) || directories.directoryOf(leader.log) === directory) return ErrorCode.NONE;
    // The copy may lie in the one that is offline.
    if (directories.hasOffline) return ErrorCode.KAFKA_STORAGE_ERROR;
    return this.#begin(leader, directory);
  }

  /** A move that the end of the broker interrupted goes on. */
  resume(leader: PartitionLeader): void {
    const { log } = leader;
    const directory = this.#options.directories.futureDirectoryOf(log.topic, log.partition);
    if (directory === undefined) return;
    const isHere = this.#options.directories.directoryOf(log) === directory;
    const found = directory.unopenedFuture(log.topic, log.partition);
    const isOther = found !== undefined && found.topicId !== log.topicId;
    if (isHere || isOther) directory.deleteFuture(log.topic, log.partition, log.config.fileDeleteDelayMs);
    else this.#begin(leader, directory);
  }

  #begin(leader: PartitionLeader, directory: LogDirectory): number {
    const { clock, logger, assign, moveBytesPerSecond } = this.#options;
    const { topic, partition, topicId, config } = leader.log;
    try {
      const future = directory.openFuture({ topic, partition, topicId, config });
      const move = new ReplicaMove({
        leader,
        directory,
        future,
        clock,
        bytesPerSecond: moveBytesPerSecond,
        assign: ({ directoryId }) => assign([{ topicId, partition, directoryId }]),
      });
      this.#moves.set(leader, move);
      logger.info('a replica begins to move', { topic, partition, to: directory.path });
      this.#runNext();
      return ErrorCode.NONE;
    } catch (error) {
      logger.error('a replica cannot move', { topic, partition, to: directory.path, error });
      if (error instanceof FileError) return ErrorCode.KAFKA_STORAGE_ERROR;
      throw error;
    }
  }

  #runNext(): void {
    for (const [leader, move] of this.#moves) {
      if (this.#running.size >= this.#options.maxMoves) return;
      if (this.#running.has(leader)) continue;
      this.#running.add(leader);
      void this.#run(leader, move);
    }
  }

  async #run(leader: PartitionLeader, move: ReplicaMove): Promise<void> {
    const { directories, logger } = this.#options;
    const { topic, partition } = move.future;
    try {
      const former = await move.run();
      if (former !== undefined) {
        this.#moves.delete(leader);
        directories.deleteLog(former);
        logger.info('a replica has moved', { topic, partition, to: move.directory.path });
      }
    } catch (error) {
      // Cancelled: its files may be gone already.
      if (this.#moves.get(leader) === move) {
        logger.error('a replica could not be moved', { topic, partition, to: move.directory.path, error });
        this.cancel(leader);
      }
    } finally {
      this.#running.delete(leader);
      this.#runNext();
    }
  }

  /** The replica stays where it is; what was copied is deleted. */
  cancel(leader: PartitionLeader): void {
    const move = this.#moves.get(leader);
    if (move === undefined) return;
    this.#moves.delete(leader);
    move.cancel();
    this.#options.directories.deleteLog(move.future);
    if (move.isAssigned) this.#revert(leader);
  }

  #revert({ log }: PartitionLeader): void {
    const { directories, assign, logger } = this.#options;
    const { topicId, partition } = log;
    const directory = directories.directoryOf(log);
    if (directory === undefined) return;
    assign([{ topicId, partition, directoryId: directory.directoryId }]).catch((error: unknown) =>
      logger.warn('the controller does not know where a replica stays', { topic: log.topic, partition, error }),
    );
  }

  /** The move is given up, but what was copied stays, for when the replica is led here again. */
  interrupt(leader: PartitionLeader): void {
    this.#moves.get(leader)?.cancel();
    this.#moves.delete(leader);
  }

  /** What was on its way into a directory that failed stays where it is. */
  directoryFailed(directory: LogDirectory): void {
    for (const [leader, move] of [...this.#moves]) if (move.directory === directory) this.cancel(leader);
  }
}
