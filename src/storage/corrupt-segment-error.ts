/** The log file of a segment has a batch that cannot be one, below the point where everything was found good. */
export class CorruptSegmentError extends Error {
  override name = 'CorruptSegmentError';
  readonly path: string;
  readonly position: number;

  constructor(path: string, position: number, message: string) {
    super(`${path} is damaged at position ${position}: ${message}`);
    this.path = path;
    this.position = position;
  }
}
