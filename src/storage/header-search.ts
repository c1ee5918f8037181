import type { HeaderScan } from './segment-scan.ts';

/** A place between two batches: where the next begins, and the lowest offset that it can have. */
export interface Boundary {
  readonly position: number;
  readonly offset: number;
}

/**
 * Position of the first batch that ends at `offset` or beyond; undefined when the scan comes to its end, or to a problem. A batch
 * whose offsets cannot follow those before it is where the offsets are that are missed in front of the next.
 * @param atLeast the lowest offset that the first batch can have
 */
export function positionOfOffset(scan: HeaderScan, offset: number, atLeast: number): number | undefined {
  let lowest = atLeast;
  let doubtful: number | undefined;
  for (let header = scan.next(); header !== undefined; header = scan.next()) {
    if (doubtful !== undefined && header.baseOffset > offset) return doubtful;
    if (header.lastOffset >= offset) return scan.position;
    doubtful = header.baseOffset < lowest ? scan.position : undefined;
    lowest = header.nextOffset;
  }
  return doubtful;
}

/** The offset after the last batch of the scan; `atLeast` when there is none. */
export function offsetAfter(scan: HeaderScan, atLeast: number): number {
  let next = atLeast;
  for (let header = scan.next(); header !== undefined; header = scan.next()) next = header.nextOffset;
  return next;
}

/**
 * The last boundary after `position` and at most `target`; `position` itself when no whole batch fits.
 * @param atLeast the lowest offset that the first batch can have
 */
export function lastBoundary(scan: HeaderScan, position: number, target: number, atLeast: number): Boundary {
  let boundary = scan.end > position ? scan.end : position;
  let offset = atLeast;
  for (let header = scan.next(); header !== undefined; header = scan.next()) {
    offset = header.baseOffset;
    if (scan.end > target) break;
    if (scan.end > position) boundary = scan.end;
    offset = header.nextOffset;
  }
  return { position: boundary, offset };
}
