/** Something in a data folder that is not as it should be. */
export interface Finding {
  readonly path: string;
  /** Where in the file, bytes; undefined when the file as a whole is meant. */
  readonly position?: number;
  readonly problem: string;
  /**
   * What a repair does about it: `rebuild` makes the file anew from the records and loses nothing; `cut out` takes damaged
   * batches away, and the records in them are lost; `none` cannot be mended here.
   */
  readonly remedy: 'rebuild' | 'cut out' | 'none';
}

export type Report = (finding: Finding) => void;
