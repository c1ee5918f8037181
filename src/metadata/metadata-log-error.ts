/** The metadata log cannot be used; the message says where and why. */
export class MetadataLogError extends Error {
  override name = 'MetadataLogError';
}
