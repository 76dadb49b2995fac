import { readFile } from 'node:fs/promises';
import { OnewayError } from '../../src/errors.ts';
import { parseCommentedJson } from './commented-json.ts';
import { defaultServingConfiguration, type GivenServingConfiguration, servingConfigurationOf } from './defaults.ts';
import { configurationOfEnvironment } from './environment.ts';
import type { ServingConfiguration } from './schema.ts';

export interface ConfigurationSources {
  /** Path of a file of commented JSON; null for none. */
  readonly file: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** From the command line. */
  readonly options: GivenServingConfiguration;
}

/**
 * The configuration: defaults, under the file, under the environment, under the command line.
 * @throws OnewayError `FILE_NOT_FOUND`; `CONFIGURATION_INVALID` naming file or variable and the key.
 */
export async function loadConfiguration(sources: ConfigurationSources): Promise<ServingConfiguration> {
  const { file, environment, options } = sources;
  let configuration = defaultServingConfiguration;
  if (file !== null) configuration = servingConfigurationOf(parseCommentedJson(await text(file), file), file);
  configuration = servingConfigurationOf(configurationOfEnvironment(environment), 'environment', configuration);
  return servingConfigurationOf(options, 'command line', configuration);
}

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new OnewayError('FILE_NOT_FOUND', `${path} does not exist.`, {
      hint: 'oneway serve --print-configuration writes a file to begin with.',
      cause: error,
      details: { file: path },
    });
  }
}
