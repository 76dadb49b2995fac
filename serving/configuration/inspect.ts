import { stat } from 'node:fs/promises';
import type { RunContext } from '../../src/context.ts';
import { OnewayError } from '../../src/errors.ts';
import { currentRelease, openRelease, Workspace } from '../../src/release/index.ts';
import { readKeyFile } from '../access/key-file.ts';
import { type KeyEntry, KeyRing } from '../access/keys.ts';
import { inspectExperiments } from './inspect-experiments.ts';
import type { ServingConfiguration } from './schema.ts';

/** Something about a configuration that its schema cannot see. */
export interface Finding {
  /** `error`: it would not serve. `warning`: it would, and perhaps not as meant. */
  readonly severity: 'error' | 'warning';
  /** The key it is about, such as `access.keys`. */
  readonly key: string;
  readonly message: string;
}

const soon = 14 * 86_400_000;

/** Looks at what a configuration points at: keys, workspace, release. Opens and verifies the release as the service would. */
export async function inspect(configuration: ServingConfiguration, context: RunContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const keys = await gatherKeys(configuration, findings);
  inspectKeys(keys, context.clock.now().getTime(), findings);
  inspectAccess(configuration, keys, findings);
  await inspectWorkspace(configuration, keys, findings);
  return findings.sort((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1));
}

async function gatherKeys({ access }: ServingConfiguration, findings: Finding[]): Promise<readonly KeyEntry[]> {
  let keys: readonly KeyEntry[] = access.keys;
  try {
    if (access.keysFile !== null) keys = [...keys, ...(await readKeyFile(access.keysFile))];
    new KeyRing(keys);
  } catch (error) {
    findings.push({ severity: 'error', key: 'access.keysFile', message: messageOf(error) });
  }
  return keys;
}

function inspectKeys(keys: readonly KeyEntry[], now: number, findings: Finding[]): void {
  for (const { name, expires } of keys) {
    if (expires === undefined) continue;
    const left = Date.parse(expires) - now;
    if (left <= 0) findings.push(warning('access.keys', `The key "${name}" has expired.`));
    else if (left < soon) findings.push(warning('access.keys', `The key "${name}" expires on ${expires}.`));
  }
}

function inspectAccess(
  { access, server, rateLimit, metrics, releases }: ServingConfiguration,
  keys: readonly KeyEntry[],
  findings: Finding[],
): void {
  const local = /^(localhost|127\.|::1$)/.test(server.host);
  if (keys.length === 0) {
    findings.push(warning('access.keys', 'No key is configured, so nothing can be changed through the API.'));
    if (access.anonymous === 'never') {
      findings.push({
        severity: 'error',
        key: 'access.anonymous',
        message: 'Nobody may ask: no key, and never without one.',
      });
    } else if (access.anonymous === 'loopback' && !local) {
      findings.push(
        warning('access.anonymous', `It listens on ${server.host}, and answers only requests of this machine.`),
      );
    }
  }
  if (access.anonymous === 'everywhere' && !local) {
    findings.push(warning('access.anonymous', 'Everybody who reaches the port may read.'));
    if (releases.compare) {
      findings.push(warning('releases.compare', 'Everybody who reaches the port may have another release opened.'));
    }
  }
  if (rateLimit.requests === null && !local) findings.push(warning('rateLimit.requests', 'Nothing limits a client.'));
  if (metrics.enabled && !metrics.requireKey && !local) {
    findings.push(warning('metrics.requireKey', 'Everybody who reaches the port may read the metrics.'));
  }
}

async function inspectWorkspace(
  configuration: ServingConfiguration,
  keys: readonly KeyEntry[],
  findings: Finding[],
): Promise<void> {
  const { workspace: folder } = configuration;
  const key = 'workspace';
  if (folder === '') {
    findings.push({ severity: 'error', key, message: 'No workspace is named.' });
    return;
  }
  if (!(await stat(folder).catch(() => null))?.isDirectory()) {
    findings.push({ severity: 'error', key, message: `${folder} is no folder.` });
    return;
  }
  const workspace = new Workspace(folder);
  findings.push(...(await inspectExperiments(workspace, configuration, keys)));
  try {
    if ((await currentRelease(workspace)) === null) {
      findings.push(warning(key, `${folder} has no release yet; the service would wait for one.`));
      return;
    }
    await openRelease(workspace);
  } catch (error) {
    if (!(error instanceof OnewayError)) throw error;
    findings.push({ severity: 'error', key, message: error.message });
  }
}

function warning(key: string, message: string): Finding {
  return { severity: 'warning', key, message };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
