import { ErrorCode } from '../wire/index.ts';

/** What a request that leaves no time is answered for each topic: nothing was done. */
export const timedOut = (topics: readonly { readonly name: string }[]) =>
  [...new Set(topics.map(({ name }) => name))].map((name) => ({
    name,
    errorCode: ErrorCode.REQUEST_TIMED_OUT,
    errorMessage: null,
  }));
