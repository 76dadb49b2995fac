import { type CallOptions, type ClientOptions, Transport } from './transport.ts';
import { type Operations, operations } from './types/index.ts';

type Query<Name extends keyof Operations> = Operations[Name]['query'];
type Body<Name extends keyof Operations> = Operations[Name]['body'];
type Answer<Name extends keyof Operations> = Operations[Name]['answer'];

/** What a call of any operation is given: the parts that it has. */
export type CallParts<Name extends keyof Operations> = {
  readonly path?: Operations[Name]['path'];
  readonly query?: Query<Name>;
  readonly body?: Body<Name>;
};

/** Posts that may be sent twice: those that only read, and events, which are counted once by their ids. */
const repeatablePosts: ReadonlySet<string> = new Set<keyof Operations>([
  'relatedToBasket',
  'relatedToBaskets',
  'relatedByRelease',
  'events',
]);

/**
 * A client of the service. Needs nothing but `fetch`: Node 20 and later, browsers, workers.
 *
 * @example
 * const oneway = new OnewayClient({ url: 'http://127.0.0.1:8080', key: process.env.ONEWAY_KEY });
 * const { results, exposure } = await oneway.related('phone-0012', { k: 8 });
 *
 * @throws OnewayApiError when the service answers with an error; OnewayTimeoutError; OnewayNetworkError. A signal of yours that fires rejects with its reason.
 */
export class OnewayClient {
  readonly #transport: Transport;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
  }

  /** Any operation of the API by its name in the OpenAPI document. */
  async call<Name extends keyof Operations>(
    name: Name,
    parts: CallParts<Name> = {},
    options?: CallOptions,
  ): Promise<Answer<Name>> {
    const { method, path } = operations[name];
    const call = {
      method,
      path: `${filled(path, (parts.path ?? {}) as Readonly<Record<string, unknown>>)}${searchOf((parts.query ?? {}) as Readonly<Record<string, unknown>>)}`,
      repeatable: method !== 'POST' || repeatablePosts.has(name),
      ...(parts.body === undefined ? {} : { body: parts.body as unknown }),
    };
    return this.#transport.send(call, options) as Promise<Answer<Name>>;
  }

  /** What goes well after a product. */
  related(id: string, query: Query<'related'> = {}, options?: CallOptions): Promise<Answer<'related'>> {
    return this.call('related', { path: { id }, query }, options);
  }

  /** What could stand in for a product. */
  similar(id: string, query: Query<'similar'> = {}, options?: CallOptions): Promise<Answer<'similar'>> {
    return this.call('similar', { path: { id }, query }, options);
  }

  /** What goes well after a basket of products, new ones among them. */
  basket(body: Body<'relatedToBasket'>, options?: CallOptions): Promise<Answer<'relatedToBasket'>> {
    return this.call('relatedToBasket', { body }, options);
  }

  /** Several baskets in one request, each answered by itself. */
  baskets(baskets: Body<'relatedToBaskets'>['baskets'], options?: CallOptions): Promise<Answer<'relatedToBaskets'>> {
    return this.call('relatedToBaskets', { body: { baskets } }, options);
  }

  /** Hands in exposures, clicks, carts and purchases. Sent again with the same ids they count once, so this is retried too. */
  events(events: Body<'events'>['events'], options?: CallOptions): Promise<Answer<'events'>> {
    return this.call('events', { body: { events } }, options);
  }

  /** A product and its place in the graph. */
  product(id: string, options?: CallOptions): Promise<Answer<'product'>> {
    return this.call('product', { path: { id } }, options);
  }

  /** Products by the words of their title; the best sellers for an empty text. */
  search(
    search: string,
    query: Omit<Query<'searchProducts'>, 'search'> = {},
    options?: CallOptions,
  ): Promise<Answer<'searchProducts'>> {
    return this.call('searchProducts', { query: { ...query, search } }, options);
  }

  /** Changes fields of a product, adds a new one, or brings a withdrawn one back; in effect with the answer. */
  putProduct(id: string, fields: Body<'putProduct'>, options?: CallOptions): Promise<Answer<'putProduct'>> {
    return this.call('putProduct', { path: { id }, body: fields }, options);
  }

  /** Takes a product out of every answer. */
  withdrawProduct(id: string, options?: CallOptions): Promise<Answer<'withdrawProduct'>> {
    return this.call('withdrawProduct', { path: { id } }, options);
  }

  /** The release being served. */
  release(options?: CallOptions): Promise<Answer<'release'>> {
    return this.call('release', {}, options);
  }

  /** Every release of the workspace, for keys of the role admin. */
  releases(options?: CallOptions): Promise<Answer<'listReleases'>> {
    return this.call('listReleases', {}, options);
  }

  /** Makes a release current. */
  promoteRelease(id: string, options?: CallOptions): Promise<Answer<'promoteRelease'>> {
    return this.call('promoteRelease', { path: { id } }, options);
  }

  /** Goes back to the release before. Not retried: twice is two steps back. */
  rollbackRelease(options?: CallOptions): Promise<Answer<'rollbackRelease'>> {
    return this.call('rollbackRelease', {}, options);
  }

  /** Keeps a release current whatever refreshes publish. */
  pinRelease(id: string, options?: CallOptions): Promise<Answer<'pinRelease'>> {
    return this.call('pinRelease', { path: { id } }, options);
  }

  /** Lets go of the pinned release. */
  unpinRelease(options?: CallOptions): Promise<Answer<'unpinRelease'>> {
    return this.call('unpinRelease', {}, options);
  }

  /** Whether a release is in service and the service is not about to stop; rejects with NOT_READY when not. */
  ready(options?: CallOptions): Promise<Answer<'ready'>> {
    return this.call('ready', {}, options);
  }
}

/** The path with its parameters, percent-encoded. @throws RangeError for `.` and `..`, which every URL parser takes for steps in the path. */
function filled(path: string, values: Readonly<Record<string, unknown>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const text = String(values[name]);
    if (text === '' || text === '.' || text === '..') throw new RangeError(`"${text}" cannot be a part of a path.`);
    return encodeURIComponent(text);
  });
}

function searchOf(query: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return '';
  const parameters = new URLSearchParams();
  for (const [name, value] of given) parameters.set(name, String(value));
  return `?${parameters}`;
}
