/** What a request about a consumer group is refused with: Kafka's error code, and what to say with it. */
export class Refusal {
  readonly errorCode: number;
  readonly errorMessage: string;

  constructor(errorCode: number, errorMessage: string) {
    this.errorCode = errorCode;
    this.errorMessage = errorMessage;
  }
}
