import { type EventSource, type EventType, type RowRule, sqlIdentifier } from '../events/index.ts';
import { type Action, actions } from './attribution.ts';

/** What an action counts as in an event log. A click says no more than that the product was looked at. */
const meanings: Readonly<Record<Action, EventType>> = { click: 'view', cart: 'cart', purchase: 'purchase' };

const rules: readonly RowRule[] = [
  {
    kind: 'feedback-corrupt',
    meaning: 'The line of the journal is cut or altered.',
    verdict: 'rejected',
    when: 'corrupt IS NOT NULL',
  },
  {
    kind: 'feedback-repeated',
    meaning: 'The visitor sent an event of this id before.',
    verdict: 'excluded',
    when: 'row_number() OVER (PARTITION BY visitor, id ORDER BY "oneway:ordinal") > 1',
  },
  {
    kind: 'feedback-robot',
    meaning: 'A declared crawler caused the event.',
    verdict: 'excluded',
    when: `robot = 'true'`,
  },
  {
    kind: 'feedback-exposure',
    meaning: 'A recommendation was shown: no act of the customer. Kept for the figures of the recommendations.',
    verdict: 'excluded',
    when: `type = 'exposure'`,
  },
];

/** How the collected journal is read as events: actions of these types; the others are left out and counted. */
export function feedbackSource(types: readonly Action[] = actions): EventSource {
  const cases = types.map((type) => `WHEN '${type}' THEN '${meanings[type]}'`);
  const left = actions.filter((type) => !types.includes(type));
  return {
    columns: [],
    optionalColumns: ['corrupt', 'id', 'visitor', 'product', 'type', 'time', 'robot'],
    customer: sqlIdentifier('visitor'),
    product: sqlIdentifier('product'),
    type: cases.length === 0 ? 'CAST(NULL AS VARCHAR)' : `CASE type ${cases.join(' ')} END`,
    time: 'TRY_CAST(time AS DOUBLE) / 1000',
    rules: [
      ...rules,
      ...(left.length === 0
        ? []
        : [
            {
              kind: 'feedback-type-left-out',
              meaning: 'The configuration leaves events of this type out.',
              verdict: 'excluded' as const,
              when: `type IN (${left.map((type) => `'${type}'`).join(', ')})`,
            },
          ]),
    ],
  };
}
