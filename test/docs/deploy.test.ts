import { readdirSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { createHost } from '../../bin/host.ts';
import { buildProgram } from '../../bin/program.ts';
import { configurationKeys } from '../../serving/configuration/index.ts';

const folder = new URL('../../docs/deploy/', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: { readonly requests: object; readonly limits: { readonly memory: string } };
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}
interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface PodSpec {
  readonly containers: readonly Container[];
  readonly volumes: readonly {
    readonly name: string;
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
  readonly securityContext: object;
  readonly enableServiceLinks: boolean;
  readonly hostname?: string;
  readonly terminationGracePeriodSeconds: number;
}
interface Template {
  readonly metadata?: { readonly labels: Record<string, string> };
  readonly spec: PodSpec;
}
interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name: string };
  readonly spec: {
    readonly template?: Template;
    readonly jobTemplate?: { readonly spec: { readonly template: Template } };
    readonly selector?: { readonly matchLabels?: Record<string, string> } & Record<string, unknown>;
    readonly scaleTargetRef?: { readonly kind: string; readonly name: string };
  };
}

const kustomization = parse(text('kubernetes/kustomization.yaml')) as { resources: string[] };
const resources = kustomization.resources.flatMap((name) =>
  parseAllDocuments(text(`kubernetes/${name}`)).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Resource;
  }),
);
const templates = resources.flatMap((resource) => {
  const template = resource.spec.template ?? resource.spec.jobTemplate?.spec.template;
  return template === undefined ? [] : [{ resource, template }];
});
const variables = new Set(configurationKeys.map(({ variable }) => variable));
const program = buildProgram(
  createHost({
    output: { write: () => true },
    terminal: process.stderr,
    signal: new AbortController().signal,
    verbose: () => false,
  }),
);

/** Every option of a command line that is none of the command's. */
function unknownOptions([name, ...words]: readonly string[]): string[] {
  const command = program.commands.find((one: Command) => one.name() === name);
  expect(command, name).toBeDefined();
  const known = new Set(command!.options.map(({ long }) => long));
  return words.filter((word) => word.startsWith('--') && !known.has(word.split('=')[0]!));
}

describe('the Kubernetes manifests', () => {
  it('are all named, and refer to one another by names that exist', () => {
    expect(readdirSync(new URL('kubernetes/', folder)).sort()).toEqual(
      [...kustomization.resources, 'kustomization.yaml'].sort(),
    );
    const names = resources.map(({ kind, metadata }) => `${kind} ${metadata?.name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const kind of [
      'Deployment',
      'StatefulSet',
      'Service',
      'CronJob',
      'PersistentVolumeClaim',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
      'NetworkPolicy',
    ])
      expect(
        names.some((name) => name.startsWith(kind)),
        kind,
      ).toBe(true);
    for (const { resource, template } of templates) {
      for (const { persistentVolumeClaim } of template.spec.volumes) {
        if (persistentVolumeClaim !== undefined)
          expect(names).toContain(`PersistentVolumeClaim ${persistentVolumeClaim.claimName}`);
      }
      const { selector } = resource.spec;
      if (selector?.matchLabels !== undefined) expect(template.metadata?.labels).toMatchObject(selector.matchLabels);
    }
    for (const { spec } of resources) {
      if (spec.scaleTargetRef !== undefined)
        expect(names).toContain(`${spec.scaleTargetRef.kind} ${spec.scaleTargetRef.name}`);
    }
  });

  it('run without rights, on a root file system that cannot be written', () => {
    for (const { template, resource } of templates) {
      const { spec } = template;
      expect(spec.securityContext, resource.kind).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(spec.enableServiceLinks).toBe(false);
      for (const container of spec.containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.resources).toMatchObject({ requests: { cpu: expect.anything(), memory: expect.anything() } });
        const mounted = container.volumeMounts.map(({ name }) => name).sort();
        expect(mounted).toEqual(spec.volumes.map(({ name }) => name).sort());
        expect(container.volumeMounts.map(({ mountPath }) => mountPath)).toContain('/tmp');
      }
    }
  });

  it('set variables, options and probes that exist', () => {
    for (const { template, resource } of templates) {
      for (const { env = [], args, ports = [], ...container } of template.spec.containers) {
        for (const { name, value } of env) {
          expect(typeof value, name).toBe('string');
          if (name.startsWith('ONEWAY_')) expect(variables).toContain(name);
        }
        expect(unknownOptions(args)).toEqual([]);
        if (resource.kind === 'CronJob') continue;
        expect(ports).toEqual([{ name: 'http', containerPort: 8080 }]);
        expect(container.livenessProbe?.httpGet).toEqual({ path: '/health/live', port: 'http' });
        expect(container.readinessProbe?.httpGet).toEqual({ path: '/health/ready', port: 'http' });
        expect(container.startupProbe?.httpGet).toEqual({ path: '/health/live', port: 'http' });
        const seconds = (name: string) => Number(env.find((one) => one.name === name)?.value);
        const stopping = seconds('ONEWAY_SERVER_DRAIN_SECONDS') + seconds('ONEWAY_SERVER_GRACE_SECONDS');
        expect(stopping).toBeLessThan(template.spec.terminationGracePeriodSeconds);
      }
    }
  });

  it('keep the host name of whoever takes a lock', () => {
    const cron = templates.find(({ resource }) => resource.kind === 'CronJob');
    expect(cron?.template.spec.hostname).toBeDefined();
  });
});

describe('compose.yaml', () => {
  const compose = parse(text('compose.yaml'), { merge: true }) as {
    services: Record<
      string,
      {
        build: { target: string; dockerfile: string };
        read_only: boolean;
        user: string;
        hostname: string;
        command?: string[];
        environment?: Record<string, string>;
        volumes: string[];
        secrets?: string[];
      }
    >;
    volumes: Record<string, unknown>;
    secrets: Record<string, unknown>;
  };

  it('builds targets that exist, and sets variables and options that exist', () => {
    const dockerfile = text('Dockerfile');
    for (const [name, service] of Object.entries(compose.services)) {
      expect(dockerfile, name).toMatch(new RegExp(`^FROM \\w+ AS ${service.build.target}$`, 'm'));
      expect(service).toMatchObject({ read_only: true, user: 'node', cap_drop: ['ALL'] });
      expect(service.hostname, name).toBeDefined();
      for (const variable of Object.keys(service.environment ?? {})) expect(variables).toContain(variable);
      if (service.command !== undefined) expect(unknownOptions(service.command)).toEqual([]);
      for (const secret of service.secrets ?? []) expect(compose.secrets).toHaveProperty(secret);
      expect(service.volumes).toContain('work:/work');
    }
    expect(compose.volumes).toHaveProperty('work');
  });
});

describe('Dockerfile', () => {
  const dockerfile = text('Dockerfile');

  it('copies from stages that exist, runs as nobody of importance, and asks after the service', () => {
    const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\w+)$/gm)].map((match) => match[1]);
    for (const [, from] of dockerfile.matchAll(/--from=(\w+)/g)) expect(stages).toContain(from);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK .*\/health\/live/m);
    for (const [name] of dockerfile.matchAll(/ONEWAY_\w+/g)) expect(variables).toContain(name);
  });

  it('leaves out of the service only what it never loads', () => {
    const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const removed = [...dockerfile.matchAll(/node_modules\/([@\w/-]+)/g)]
      .map((match) => match[1]!)
      .filter((name) => name !== '@tensorflow');
    // Direct dependencies of ours that serving does without; test/imports.test.ts holds serving to that for TensorFlow.js.
    expect(removed.filter((name) => name in dependencies)).toEqual(['echarts']);
  });
});
