/**
 * Merchandising rules: which products may stand in a list, and in which order. A small filter language in JSON, checked against a schema and compiled to
 * predicates and sets; nothing in it is run as code.
 * @module
 */
export { Bits } from './bits.ts';
export { type ApplicableRules, RuleBook } from './book.ts';
export { checkFilters, checkRuleSets, checkRules, isDeeper } from './check.ts';
export type { Condition, Subject } from './conditions.ts';
export { Caps, marginalOrder } from './diversity.ts';
export { faultOfPostings, type PostingColumns, Postings, postingColumns } from './postings.ts';
export type { Predicate } from './predicate.ts';
export { type PreparedBoost, type PreparedRules, prepareRules } from './prepare.ts';
export {
  type AttributeCondition,
  type Boost,
  type Cap,
  type CategoryCondition,
  type Diversity,
  type Filter,
  filterSchema,
  largestFilterDepth,
  largestFilterSize,
  type NumberCondition,
  type Pin,
  type PriceCondition,
  type RuleScope,
  type RuleSet,
  type Rules,
  ruleReferences,
  ruleSetSchema,
  rulesSchema,
  type TextCondition,
} from './schema.ts';
