import { RefusedRequestError } from './pipeline.ts';

/** UNKNOWN among the codes of resource types, pattern types, operations and permission types. */
const UNKNOWN = 0;

/** Closes the connection over an ACL, or a filter, that says UNKNOWN of something: there is no error code for it. */
export function refuseUnknownAcl(api: string, codes: readonly number[]): void {
  if (codes.includes(UNKNOWN)) throw new RefusedRequestError(`${api} with an UNKNOWN type, operation or permission`);
}
