import { join } from 'node:path';
import { OnewayError } from '../../src/errors.ts';
import { listReleases, type Workspace } from '../../src/release/index.ts';
import type { KeyEntry } from '../access/keys.ts';
import { type Experiment, readExperiments } from '../experiments/experiment.ts';
import type { Role } from '../roles.ts';
import type { Finding } from './inspect.ts';
import type { ServingConfiguration } from './schema.ts';

const key = 'experiments';
const measuring: readonly Role[] = ['events', 'admin'];

/** Whether the running experiment of a workspace can show anything: releases that are there, variants that differ, and somebody who may tell what visitors did. */
export async function inspectExperiments(
  workspace: Workspace,
  { ruleSets }: ServingConfiguration,
  keys: readonly KeyEntry[],
): Promise<readonly Finding[]> {
  const warning = (message: string): Finding => ({ severity: 'warning', key, message });
  let running: Experiment | undefined;
  try {
    const found = await readExperiments(
      join(workspace.root, 'experiments.json'),
      new Set(ruleSets.map(({ id }) => id)),
    );
    running = found.find(({ status }) => status === 'running');
  } catch (error) {
    if (!(error instanceof OnewayError)) throw error;
    return [warning(`${error.message} None would be in force.`)];
  }
  if (running === undefined) return [];
  const { name, variants } = running;
  const findings: Finding[] = [];
  const whole = new Set((await listReleases(workspace)).flatMap(({ id, problem }) => (problem === null ? [id] : [])));
  for (const { name: variant, release } of variants) {
    if (release === null || whole.has(release)) continue;
    findings.push(
      warning(
        `${name}.${variant} names release ${release}, which is not there; its visitors would get the current one.`,
      ),
    );
  }
  if (
    variants.length > 1 &&
    new Set(variants.map(({ release, rules }) => JSON.stringify([release, rules]))).size === 1
  ) {
    findings.push(warning(`All variants of ${name} give the same answers, so that it compares nothing.`));
  }
  if (!keys.some(({ roles }) => roles.some((role) => measuring.includes(role)))) {
    findings.push(
      warning(
        `${name} runs, but every request would be anonymous: no key may hand in events, so nothing that a visitor does is credited to a variant.`,
      ),
    );
  }
  return findings;
}
