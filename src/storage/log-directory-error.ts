/** A log directory cannot be used. The message says why and what to do about it. */
export class LogDirectoryError extends Error {
  override name = 'LogDirectoryError';
  readonly path: string;

  constructor(path: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.path = path;
  }
}
