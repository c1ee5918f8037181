import type { Clock, FileSystem, Logger } from '../base/index.ts';
import type { FolderEntries } from './folder-entries.ts';
import type { OpenSegments } from './open-segments.ts';
import type { PageCache } from './page-cache.ts';

/** Indexes keep offsets relative to the segment's base offset, in 31 bits. */
export const MAX_RELATIVE_OFFSET = 2 ** 31 - 1;

/** What all segments of one log share. */
export interface SegmentContext {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directory: string;
  readonly openSegments: OpenSegments;
  readonly entries: FolderEntries;
  readonly pageCache: PageCache;
  readonly indexIntervalBytes: () => number;
}
