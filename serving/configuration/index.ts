/**
 * The service's configuration: one schema, defaults, files and environment.
 * @module
 */
export { defaultServingConfiguration, type GivenServingConfiguration, servingConfigurationOf } from './defaults.ts';
export { rangeOf, renderConfiguration } from './example.ts';
export { type ConfigurationKey, configurationKeys } from './keys.ts';
export { type ConfigurationSources, loadConfiguration } from './load.ts';
export { type ServingConfiguration, servingConfiguration } from './schema.ts';
