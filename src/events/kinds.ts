import type { RecordFault } from './records.ts';

/** A reason for which rows are left out; its position in a list of kinds, plus 1, stands in the staging table. */
export interface RowKind {
  readonly kind: string;
  readonly meaning: string;
  readonly verdict: 'rejected' | 'excluded' | 'repaired';
}

export const faultMeanings: Readonly<Record<RecordFault, string>> = {
  'fields-missing': 'The line has fewer fields than the header.',
  'fields-extra': 'The line has more fields than the header.',
  'quote-broken': 'A quotation mark is not closed, or text follows the closing one.',
  'record-too-long': 'The record is longer than a million bytes.',
  'encoding-invalid': 'The line is not UTF-8.',
};

export const notJson: RowKind = { kind: 'json-invalid', meaning: 'The line is not a JSON value.', verdict: 'rejected' };
