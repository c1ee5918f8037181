/**
 * Bytes that are no message, or a value that no bytes can say.
 *
 * `path` names the field at fault where the interpretive codec ran (`ProduceRequest.topicData[0].name`);
 * the generated codecs leave it empty.
 */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly detail: string;
  path = '';

  constructor(detail: string) {
    super(detail);
    this.detail = detail;
  }

  /** The same error, seen from one struct or element further out. */
  within(segment: string): this {
    this.path = segment + this.path;
    this.message = `${this.path}: ${this.detail}`;
    return this;
  }
}
