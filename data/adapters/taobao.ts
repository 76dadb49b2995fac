import { type Adapter, sqlEventType, sqlIdentifier, sqlTime } from '../../src/events/index.ts';

/** Clicks, carts, favourites and purchases (Zhu et al., KDD 2018; Alibaba Tianchi). */
export const taobao: Adapter = {
  name: 'taobao',
  description: 'Taobao UserBehavior: pv, cart, fav and buy with a category number for each product; no titles.',
  events: {
    columns: ['user_id', 'item_id', 'category_id', 'behavior', 'timestamp'],
    headerless: ['user_id', 'item_id', 'category_id', 'behavior', 'timestamp'],
    customer: sqlIdentifier('"user_id"'),
    product: sqlIdentifier('"item_id"'),
    type: sqlEventType('"behavior"', { view: ['pv'], favourite: ['fav'], purchase: ['buy'] }),
    time: sqlTime('"timestamp"', 'epoch-seconds'),
    rules: [],
  },
  derived: {
    where: 'true',
    category: `CASE WHEN ${sqlIdentifier('"category_id"')} IS NOT NULL THEN [${sqlIdentifier('"category_id"')}] END`,
  },
};
