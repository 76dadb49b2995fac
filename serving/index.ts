/**
 * The related-products service: an HTTP API over a workspace's current release, which it replaces as new ones are published.
 * @module
 */
export { type AppOptions, buildApp } from './app.ts';
export { type RunningServer, type ServerOptions, startServer } from './server.ts';
