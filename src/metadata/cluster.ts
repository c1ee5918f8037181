import type { Clock, FileSystem, Logger, Random } from '../base/index.ts';
import type { Endpoint } from './brokers.ts';
import type { ControllerApis } from './controller/index.ts';
import type { MetadataListener } from './delta.ts';
import type { MetadataImage } from './image.ts';

export interface ClusterMetadataOptions {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The folder of the log itself: `<metadata log dir>/__cluster_metadata-0`. */
  readonly directory: string;
  readonly nodeId: number;
  readonly clusterId: string;
  /** Uuids of the broker's log directories, the one that gets new partitions first. */
  readonly logDirectoryIds: readonly string[];
  /** Advertised. */
  readonly endpoints: readonly Endpoint[];
  readonly rack: string | null;
  /** The node's static configs by name: what topics and brokers fall back to. */
  readonly config: ReadonlyMap<string, string>;
}

/** The cluster's metadata as this node knows it, and the controller that changes it. */
export declare class ClusterMetadata {
  /**
   * Loads snapshot and log, formats them when there is nothing, registers and unfences this broker.
   * Resolves when the image shows it. Throws FileError, or an error that says what in the log can't be understood.
   */
  static open(options: ClusterMetadataOptions): Promise<ClusterMetadata>;
  image(): MetadataImage;
  /** Tells `listener` all there is at once, and each change from then on. Returns how to stop that. */
  subscribe(listener: MetadataListener): () => void;
  /**
   * Asks the controller. Answers once the outcome is committed and every listener has been told of it.
   * Rejects with NotCoordinatorError when the controller is gone: ask again later.
   */
  request<Api extends keyof ControllerApis>(
    api: Api,
    request: ControllerApis[Api]['request'],
  ): Promise<ControllerApis[Api]['response']>;
  /** Fences this broker, if asked to, and closes the log. */
  close(options?: { readonly fence?: boolean }): Promise<void>;
}
