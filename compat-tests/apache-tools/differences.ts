/** Lines that may differ, and why. One that does not differ any more makes the suite fail. */
export interface Difference {
  /** The commands: `tool args`. */
  readonly where: RegExp;
  /** The lines. */
  readonly line: RegExp;
  readonly why: string;
}

const apisToCome = [
  ...['SaslHandshake', 'SaslAuthenticate', '\\w+DelegationToken'],
  ...['ConsumerGroup\\w+', 'ShareGroup\\w+', 'Share(Fetch|Acknowledge)', '\\w+ShareGroup\\w+', 'StreamsGroup\\w+'],
  ...['(Add|Remove)RaftVoter'],
].join('|');

export const differences: readonly Difference[] = [
  {
    where: /^broker-api-versions/,
    line: new RegExp(`^\\t(${apisToCome})\\(\\d+\\):`),
    why: 'SASL and the newer groups are not served yet, nor told of',
  },
  {
    where: /^features describe/,
    line: /^Feature: (group|share|streams|kraft)\.version/,
    why: 'features that are not served are not told of',
  },
  {
    where: /^metadata-quorum describe --status/,
    line: /^CurrentVoters:/,
    why: 'the controller is in the process and has no address of its own',
  },
];
