import { type Command, Option } from 'commander';
import type { CommandHost } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import type { KeyEntry } from '../access/keys.ts';
import { type Role, roles } from '../roles.ts';
import { wholeNumber } from './options.ts';

const day = 86_400_000;

/** `oneway keys`: makes, lists and revokes keys of the service. */
export function keysCommand(program: Command, host: CommandHost): void {
  const keys = program.command('keys').description('keys of the service: create, list, revoke');

  keys
    .command('create')
    .description('make a key and print it once; only its hash is kept')
    .requiredOption('--name <name>', 'who will use it: small letters, digits and hyphens')
    .addOption(new Option('--role <role...>', 'what it may do').choices([...roles]).makeOptionMandatory())
    .option('--days <number>', 'days until it expires; for ever unless told', wholeNumber(1, 36_500))
    .option('--file <file>', 'key file to add it to; without one the entry is printed')
    .addHelpText('after', '\nExample:\n  $ oneway keys create --name storefront --role read events --file keys.json\n')
    .action(async (options: { name: string; role: readonly Role[]; days?: number; file?: string }) => {
      const { createKey, KeyRing } = await import('../access/keys.ts');
      const { clock } = host.open({ quiet: true });
      const expires = options.days === undefined ? undefined : new Date(clock.now().getTime() + options.days * day);
      const { key, entry } = createKey(options.name, [...new Set(options.role)], expires);
      await checkEntry(entry);
      if (options.file === undefined) {
        host.print(key);
        host.print(`entry for access.keys: ${JSON.stringify(entry)}`);
        return;
      }
      const { writeKeyFile } = await import('../access/key-file.ts');
      const all = [...(await entriesOf(options.file)), entry];
      new KeyRing(all);
      await writeKeyFile(options.file, all);
      host.print(key);
    });

  keys
    .command('list')
    .description('names, roles and ends of the keys of a file')
    .requiredOption('--file <file>', 'key file')
    .option('--json', 'one JSON list')
    .addHelpText('after', '\nExample:\n  $ oneway keys list --file keys.json\n')
    .action(async ({ file, json = false }: { file: string; json?: boolean }) => {
      const { readKeyFile } = await import('../access/key-file.ts');
      const list = (await readKeyFile(file)).map(({ name, roles: granted, expires }) => ({
        name,
        roles: granted,
        expires: expires ?? null,
      }));
      if (json) host.print(JSON.stringify(list));
      else for (const one of list) host.print(`${one.name}  ${one.roles.join(',')}  ${one.expires ?? 'for ever'}`);
    });

  keys
    .command('revoke')
    .description('remove a key from a file; a running service follows within seconds')
    .argument('<name>', 'whose key')
    .requiredOption('--file <file>', 'key file')
    .addHelpText('after', '\nExample:\n  $ oneway keys revoke storefront --file keys.json\n')
    .action(async (name: string, { file }: { file: string }) => {
      const { readKeyFile, writeKeyFile } = await import('../access/key-file.ts');
      const all = await readKeyFile(file);
      const rest = all.filter((entry) => entry.name !== name);
      if (rest.length === all.length) {
        throw new OnewayError('KEY_UNKNOWN', `${file} has no key named "${name}".`, {
          hint: 'See which there are with: oneway keys list.',
          details: { file, name },
        });
      }
      await writeKeyFile(file, rest);
      host.print(`revoked ${name}`);
    });
}

/** @throws OnewayError `CONFIGURATION_INVALID` for a name that is none. */
async function checkEntry(entry: KeyEntry): Promise<void> {
  const { servingConfigurationOf } = await import('../configuration/index.ts');
  try {
    servingConfigurationOf({ access: { keys: [entry] } }, 'key');
  } catch (cause) {
    throw new OnewayError('CONFIGURATION_INVALID', `"${entry.name}" cannot be the name of a key.`, {
      hint: 'Small letters, digits and hyphens, at most 64, beginning with a letter or digit.',
      cause,
    });
  }
}

async function entriesOf(file: string): Promise<readonly KeyEntry[]> {
  const { readKeyFile } = await import('../access/key-file.ts');
  try {
    return await readKeyFile(file);
  } catch (error) {
    if (error instanceof OnewayError && error.code === 'FILE_NOT_FOUND') return [];
    throw error;
  }
}
