/** Why something is not done: Kafka's error code, and words for whoever asked. */
export interface Refusal {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

export function refused(errorCode: number, errorMessage: string | null): Refusal {
  return { errorCode, errorMessage };
}
