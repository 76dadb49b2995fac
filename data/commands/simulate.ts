import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import {
  defaultSimulatorConfiguration,
  type SimulationSummary,
  simulateShop,
  simulatorConfiguration,
  simulatorConfigurationOf,
  simulatorFormats,
} from '../simulator/index.ts';

interface SimulateCommandOptions {
  readonly out: string;
  readonly products?: number;
  readonly customers?: number;
  readonly days?: number;
  readonly seed?: number;
  readonly format?: string;
  readonly configuration?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const flags = ['products', 'customers', 'days', 'seed', 'format'] as const;
const { properties } = simulatorConfiguration;

/** `oneway simulate`: writes a shop whose relations are known. */
export function simulateCommand(program: Command, host: CommandHost): void {
  const defaults = defaultSimulatorConfiguration;
  program
    .command('simulate')
    .description('write a simulated shop: catalogue, events, and apart from them the planted truth')
    .requiredOption('--out <folder>', 'folder to write into; made if it does not exist')
    .addOption(whole('--products <number>', 'products in the catalogue', 'products'))
    .addOption(whole('--customers <number>', 'customers besides robots', 'customers'))
    .addOption(whole('--days <number>', 'length of the log in days', 'days'))
    .addOption(whole('--seed <number>', 'same seed, same bytes', 'seed'))
    .addOption(
      new Option('--format <format>', `file format (default: ${defaults.format})`).choices([...simulatorFormats]),
    )
    .option('--configuration <file>', 'JSON file with any keys of the simulator configuration; flags win over it')
    .option('--force', 'replace the simulated shop that is in the folder')
    .option('--json', 'print the summary as one JSON object')
    .addHelpText(
      'after',
      `\n${keysHelp()}\n\nExample:\n  $ oneway simulate --out shop --products 2000 --format parquet\n`,
    )
    .action(async (options: SimulateCommandOptions) => {
      const given: Record<string, unknown> =
        options.configuration === undefined ? {} : await readConfiguration(options.configuration);
      for (const flag of flags) if (options[flag] !== undefined) given[flag] = options[flag];
      const configuration = simulatorConfigurationOf(given);
      const context = host.open({ json: options.json ?? false });
      const summary = await simulateShop(configuration, options.out, context, { force: options.force ?? false });
      if (options.json) host.print(JSON.stringify(summary));
      else for (const line of describeSummary(summary, options.out)) host.print(line);
    });
}

function describeSummary(summary: SimulationSummary, folder: string): string[] {
  const { products, customers, robots, events, eventsByType: by } = summary;
  const number = (value: number): string => value.toLocaleString('en-GB');
  return [
    `Simulated a shop in ${folder}`,
    `  ${number(products)} products, ${number(customers)} customers, ${number(robots)} robots`,
    `  ${number(events)} events: ${number(by.view)} views, ${number(by.cart)} carts, ${number(by.purchase)} purchases`,
    `  truth, for measuring only: ${join(summary.truthPath, 'relations.json')} and beside it`,
    `Next: oneway refresh --adapter oneway --events ${summary.eventsPath} --catalogue ${summary.cataloguePath} --workspace WORKSPACE`,
  ];
}

async function readConfiguration(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new OnewayError('FILE_NOT_FOUND', `Cannot read the configuration file ${path}.`, {
      hint: 'Check the path given to --configuration.',
      cause,
    });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (cause) {
    throw new OnewayError('CONFIGURATION_INVALID', `${path} is not JSON.`, { hint: 'Write one JSON object.', cause });
  }
  throw new OnewayError('CONFIGURATION_INVALID', `${path} does not hold a JSON object.`, {
    hint: 'Write one object, such as { "robotShare": 0.02 }.',
  });
}

/** The parts of a field's schema that a user is told. */
function factsOf(schema: object): { minimum?: number; maximum?: number; default?: unknown; description?: string } {
  return schema;
}

function whole(flag: string, text: string, key: 'products' | 'customers' | 'days' | 'seed'): Option {
  const { minimum = 0, maximum = 0 } = factsOf(properties[key]);
  const range = `${minimum} to ${maximum}`;
  return new Option(flag, `${text}, ${range} (default: ${defaultSimulatorConfiguration[key]})`).argParser((given) => {
    const value = Number(given);
    if (/^\d+$/.test(given) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a whole number, ${range}.`);
  });
}

/** The configuration's other keys with range, default and meaning. */
function keysHelp(): string {
  const rows = Object.entries(properties)
    .filter(([key]) => !(flags as readonly string[]).includes(key))
    .map(([key, schema]) => {
      const { minimum, maximum, default: value, description } = factsOf(schema);
      return `  ${key.padEnd(20)} ${`${minimum} to ${maximum}, default ${value}.`.padEnd(38)} ${description}`;
    });
  return `Keys for --configuration besides the flags:\n${rows.join('\n')}`;
}
