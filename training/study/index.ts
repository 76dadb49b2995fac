/**
 * What choices about the model are made on: a graph to train on, validation to judge by, test to report; and the journal that makes
 * long series of trainings resumable.
 * @module
 */
export { SeriesJournal } from './journal.ts';
export { bladeWith, differenceOf, fold, unfold } from './overlay.ts';
export { withNote } from './progress.ts';
export { openShopStudy, type ShopStudy } from './shop.ts';
export { openStudies, type Study, type StudyRequest, validationFigures } from './study.ts';
export { type Trained, type TrainingTask, trainOnce } from './train.ts';
