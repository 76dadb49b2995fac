/**
 * The service's configuration: one schema, defaults, files and environment.
 * @module
 */
export { defaultServingConfiguration, type GivenServingConfiguration, servingConfigurationOf } from './defaults.ts';
export { type ServingConfiguration, servingConfiguration } from './schema.ts';
