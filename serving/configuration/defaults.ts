import { Value } from 'typebox/value';
import { completeConfiguration } from '../../src/configuration.ts';
import { checkRuleSets } from '../../src/rules/index.ts';
import { type ServingConfiguration, servingConfiguration } from './schema.ts';

/** Every key at its default. Tables of the schema carry none themselves, so they are begun empty. */
export const defaultServingConfiguration: ServingConfiguration = Value.Parse(
  servingConfiguration,
  Value.Default(servingConfiguration, tables()),
);

function tables(): Record<string, object> {
  const entries = Object.entries(servingConfiguration.properties).filter(([, schema]) => 'properties' in schema);
  return Object.fromEntries(entries.map(([name]) => [name, {}]));
}

/** What the user gave, table by table; what is left out is at its default. */
export type GivenServingConfiguration = {
  readonly [Name in keyof ServingConfiguration]?: ServingConfiguration[Name] extends object
    ? Partial<ServingConfiguration[Name]>
    : ServingConfiguration[Name];
};

/**
 * Lays what was given over a whole configuration and checks the result.
 * @param where for messages, such as the file's name.
 * @param base what holds where nothing was given; the defaults unless told.
 * @throws OnewayError `CONFIGURATION_INVALID` naming the path of an unknown key or a bad value.
 */
export function servingConfigurationOf(
  given: unknown = {},
  where = 'configuration',
  base = defaultServingConfiguration,
): ServingConfiguration {
  const configuration = completeConfiguration(servingConfiguration, base, given, where, {
    hint: 'oneway serve --print-configuration shows every key with its default.',
    secret: /^access\.keys\b/,
  });
  checkRuleSets(configuration.ruleSets, `${where}: ruleSets`);
  return configuration;
}
