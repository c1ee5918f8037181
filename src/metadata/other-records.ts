import type { MetadataRecord } from './record.ts';

/**
 * Records whose meaning this release does not serve yet (access control, delegation tokens, controllers), in the order of the log. They go into every snapshot as they came, removals included, so that a release
 * that does serve them, or Apache Kafka on the same folder, finds what it wrote.
 */
export type OtherRecords = readonly MetadataRecord[];

export const NO_OTHER_RECORDS: OtherRecords = [];

/** The same with one more; a controller's registration replaces its earlier one. */
export function withOtherRecord(records: OtherRecords, record: MetadataRecord): OtherRecords {
  if (record.type !== 'RegisterControllerRecord') return [...records, record];
  const { controllerId } = record.value;
  return [
    ...records.filter(
      (other) => other.type !== 'RegisterControllerRecord' || other.value.controllerId !== controllerId,
    ),
    record,
  ];
}
