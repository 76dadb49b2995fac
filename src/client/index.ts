/**
 * A typed client of the service, without dependencies: it needs `fetch` and nothing else of this package.
 * @module
 *
 * @example
 * import { OnewayClient } from 'oneway/client';
 *
 * const oneway = new OnewayClient({ url: 'http://127.0.0.1:8080' });
 * for (const { product } of (await oneway.related('phone-0012', { k: 8 })).results) console.log(product.title);
 */
export { type CallParts, OnewayClient } from './client.ts';
export {
  type ApiErrorCode,
  OnewayApiError,
  OnewayClientError,
  OnewayNetworkError,
  OnewayTimeoutError,
} from './errors.ts';
export type { CallOptions, ClientOptions } from './transport.ts';
export type * from './types/index.ts';
