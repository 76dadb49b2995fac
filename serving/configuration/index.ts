/**
 * The service's configuration: one schema, defaults, files and environment.
 * @module
 */
export { defaultServingConfiguration, type GivenServingConfiguration, servingConfigurationOf } from './defaults.ts';
export { renderConfiguration } from './example.ts';
export { configurationKeys } from './keys.ts';
export { loadConfiguration } from './load.ts';
export type { ServingConfiguration } from './schema.ts';
