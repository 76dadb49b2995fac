/** Written from the service's OpenAPI document by `npx vitest run test/src/client -u`; not by hand. */

/** What each operation takes and answers. */
export interface EventOperations {
  /** Hand in exposures, clicks, carts and purchases. */
  events: {
    path: Readonly<Record<string, never>>;
    query: Readonly<Record<string, never>>;
    body: {
      /** All of them are kept, or, when the answer is an error, none. */
      readonly events: readonly ({
        readonly type: 'exposure';
        /** Your own id of the event, such as a UUID: sent twice by one visitor, the event counts once. */
        readonly id: string;
        /** Who: a customer, an account or a browser; the same text for the same visitor. Kept hashed. */
        readonly visitor: string;
        /** When, ISO 8601 with a zone; the time of arrival when left out. A time to come counts as now. */
        readonly time?: string | undefined;
        /** The visitor's user agent, where the shop's server sends the event; not kept, only whether it is a robot's. */
        readonly userAgent?: string | undefined;
        /** The exposure id of the answer. */
        readonly exposure: string;
        /** What was shown, in its order on the page. */
        readonly products: readonly string[];
      } | {
        readonly type: 'click' | 'cart' | 'purchase';
        /** Your own id of the event, such as a UUID: sent twice by one visitor, the event counts once. */
        readonly id: string;
        /** Who: a customer, an account or a browser; the same text for the same visitor. Kept hashed. */
        readonly visitor: string;
        /** When, ISO 8601 with a zone; the time of arrival when left out. A time to come counts as now. */
        readonly time?: string | undefined;
        /** The visitor's user agent, where the shop's server sends the event; not kept, only whether it is a robot's. */
        readonly userAgent?: string | undefined;
        /** The shop's own product id. */
        readonly product: string;
        /** The exposure id of the answer. */
        readonly exposure?: string | undefined;
      })[];
    };
    answer: {
      /** Events that are on the disk now. */
      readonly accepted: number;
      /** Events that were kept before and are not kept twice. */
      readonly repeated: number;
    };
  };
}

export const eventOperations = {
  events: { method: 'POST', path: '/v1/events' },
} as const satisfies Record<keyof EventOperations, { readonly method: string; readonly path: string }>;
