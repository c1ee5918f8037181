import type { IsolationLevel } from '../replication/index.ts';

const levels: readonly IsolationLevel[] = ['read uncommitted', 'read committed'];

/** A request's isolation level; undefined for a number that means none. */
export const isolationOf = (level: number): IsolationLevel | undefined => levels[level];
