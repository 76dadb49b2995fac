/** Written from the service's OpenAPI document by `npx vitest run test/src/client -u`; not by hand. */

import { type AnswerOperations, answerOperations } from './answers.ts';
import { type EventOperations, eventOperations } from './events.ts';
import { type ExperimentOperations, experimentOperations } from './experiments.ts';
import { type HealthOperations, healthOperations } from './health.ts';
import { type ProductOperations, productOperations } from './products.ts';
import { type ReleaseOperations, releaseOperations } from './releases.ts';
import { type RuleOperations, ruleOperations } from './rules.ts';

export type { Answer, Answers, Basket } from './answers.ts';
export type { ErrorBody } from './errors.ts';
export type { Experiment } from './experiments.ts';
export type { Neighbourhood, Product, ProductSummary, SearchAnswer } from './products.ts';
export type { Standing } from './releases.ts';
export type { Filter, RuleSet, Rules } from './rules.ts';

/** What each operation takes and answers. */
export interface Operations
  extends AnswerOperations,
    EventOperations,
    ExperimentOperations,
    HealthOperations,
    ProductOperations,
    ReleaseOperations,
    RuleOperations {}

/** Where each operation is asked for. */
export const operations = {
  ...answerOperations,
  ...eventOperations,
  ...experimentOperations,
  ...healthOperations,
  ...productOperations,
  ...releaseOperations,
  ...ruleOperations,
} as const satisfies Record<keyof Operations, { readonly method: string; readonly path: string }>;
