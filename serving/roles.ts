/**
 * What a request must be allowed to do. A route names its role in its options: `config: { role: 'read' }`.
 * @module
 */

/**
 * - `read`: lookups, products, the release in service.
 * - `events`: hand in what customers did.
 * - `catalogue`: change or withdraw products between refreshes.
 * - `metrics`: figures for monitoring.
 * - `admin`: releases, rules, experiments; a key with it may do all of the above.
 */
export const roles = ['read', 'events', 'catalogue', 'metrics', 'admin'] as const;
export type Role = (typeof roles)[number];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may ask. `public`: everybody, without a key: only what holds none of the shop's data. @default 'admin' */
    role?: Role | 'public';
  }
}
