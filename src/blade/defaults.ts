import { Value } from 'typebox/value';
import { type BladeConfiguration, bladeConfiguration } from './configuration.ts';

/** Every default of {@link bladeConfiguration}. */
export const defaultBladeConfiguration = Value.Create(bladeConfiguration) as BladeConfiguration;
