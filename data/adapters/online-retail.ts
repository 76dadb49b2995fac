import { type Adapter, sqlIdentifier } from '../../src/events/index.ts';

/** Codes of charges, corrections and vouchers; letter case varies in the file. */
const notProducts = ['POST', 'D', 'M', 'S', 'B', 'C2', 'DOT', 'CRUK', 'PADS', 'BANK CHARGES', 'AMAZONFEE'];

/** The same product is written 85123A and 85123a. */
const product = `upper(${sqlIdentifier('"StockCode"')})`;
const notProduct = `(${product} IN (${notProducts.map((code) => `'${code}'`).join(', ')}) OR ${product} LIKE 'GIFT%')`;
const quantity = 'TRY_CAST("Quantity" AS DOUBLE)';
const price = 'TRY_CAST("UnitPrice" AS DOUBLE)';

/** Invoice lines of a UK gift shop, 2010-12-01 to 2011-12-09 (Chen, UCI Machine Learning Repository, 2015). */
export const onlineRetail: Adapter = {
  name: 'online-retail',
  description: "UCI Online Retail: a UK gift shop's invoice lines of 2010 and 2011; every line is a purchase.",
  events: {
    columns: ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID'],
    // CustomerID came through a spreadsheet as a decimal number.
    customer: `regexp_replace(${sqlIdentifier('"CustomerID"')}, '\\.0$', '')`,
    product,
    type: "'purchase'",
    time: `epoch(try_strptime("InvoiceDate", ['%Y-%m-%d %H:%M:%S', '%m/%d/%Y %H:%M']))`,
    customerMissing: 'excluded',
    rules: [
      {
        kind: 'not-a-product',
        meaning: 'The stock code is a charge, a correction or a voucher (POST, D, M, BANK CHARGES, gift_…).',
        verdict: 'excluded',
        when: notProduct,
      },
      {
        kind: 'cancellation',
        meaning: 'The invoice number begins with C: goods that came back.',
        verdict: 'excluded',
        when: `"InvoiceNo" LIKE 'C%'`,
      },
      {
        kind: 'quantity-invalid',
        meaning: 'The quantity is no number.',
        verdict: 'rejected',
        when: `${quantity} IS NULL`,
      },
      {
        kind: 'quantity-not-positive',
        meaning: 'The quantity is zero or negative without a cancellation: a stock correction.',
        verdict: 'excluded',
        when: `${quantity} <= 0`,
      },
      {
        kind: 'price-invalid',
        meaning: 'The unit price is no number.',
        verdict: 'rejected',
        when: `${price} IS NULL`,
      },
      {
        kind: 'price-not-positive',
        meaning: 'The unit price is zero or negative: a free gift, a sample or a correction.',
        verdict: 'excluded',
        when: `${price} <= 0`,
      },
    ],
  },
  // Notes of the stock-keepers ("damaged", "?") stand on corrections, so only lines that were sold describe a product.
  derived: {
    where: `NOT ${notProduct} AND "InvoiceNo" NOT LIKE 'C%' AND ${quantity} > 0 AND ${price} > 0`,
    title: `nullif(regexp_replace(trim("Description"), '\\s+', ' ', 'g'), '')`,
    price,
  },
};
