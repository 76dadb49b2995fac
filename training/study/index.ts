/**
 * What choices about the model are made on: a graph to train on, validation to judge by, test to report; and the journal that makes
 * long series of trainings resumable.
 * @module
 */
export { SeriesJournal } from './journal.ts';
export { withNote } from './progress.ts';
export { openShopStudy } from './shop.ts';
export { openStudies, type Study, validationFigures } from './study.ts';
export { trainOnce } from './train.ts';
