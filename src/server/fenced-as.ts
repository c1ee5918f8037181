import { ErrorCode } from '../wire/index.ts';

/** PRODUCER_FENCED is an error of its own since KIP-588; older versions know it as INVALID_PRODUCER_EPOCH. */
export const fencedAs = (errorCode: number, knowsFenced: boolean): number =>
  errorCode === ErrorCode.PRODUCER_FENCED && !knowsFenced ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode;
