import { type Adapter, sqlAmount, sqlEventType, sqlIdentifier, sqlPath, sqlTime } from '../../src/events/index.ts';

/** Views, carts and purchases of a multi-category shop (REES46 Marketing Platform, October 2019). */
export const rees46: Adapter = {
  name: 'rees46',
  description: 'REES46 eCommerce behaviour: views, carts and purchases with category path, brand and price; no titles.',
  events: {
    columns: ['event_time', 'event_type', 'product_id', 'user_id'],
    optionalColumns: ['category_code', 'brand', 'price'],
    customer: sqlIdentifier('"user_id"'),
    product: sqlIdentifier('"product_id"'),
    type: sqlEventType('"event_type"', {}),
    time: sqlTime('"event_time"'),
    rules: [
      {
        kind: 'removal',
        meaning: 'A product was taken out of the cart (in the cosmetics edition of the data).',
        verdict: 'excluded',
        when: `lower("event_type") = 'remove_from_cart'`,
      },
    ],
  },
  derived: {
    where: 'true',
    brand: sqlIdentifier('"brand"'),
    category: `nullif(${sqlPath('"category_code"', '.')}, CAST([] AS VARCHAR[]))`,
    price: `nullif(${sqlAmount('"price"')}, 0)`,
  },
};
