import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppOptions } from './app.ts';
import { buildApp } from './app.ts';
import { servingConfigurationOf } from './configuration/index.ts';

export interface ServerOptions extends AppOptions {
  /** 0 chooses a free port. @default the configuration's */
  readonly port?: number;
  /** @default the configuration's */
  readonly host?: string;
}

export interface RunningServer {
  /** Where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Id of the release in service when it began to listen; null when there was none. */
  readonly release: string | null;
  /**
   * Says that it is not ready and goes on serving for `server.drainSeconds`, then takes no new request, lets those in flight finish
   * (at most `server.graceSeconds`), and stops. May be called twice.
   */
  close(): Promise<void>;
}

/**
 * Listens, then loads the current release and returns: from the first moment it is alive, and ready once the release is loaded.
 * Stops when `context.signal` fires. A port that is taken rejects with the system's error, code `EADDRINUSE`.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { context } = options;
  const { server } = servingConfigurationOf(options.configuration);
  const { port = server.port, host = server.host } = options;
  const app = buildApp(options);
  if (server.maximumConnections !== null) app.server.maxConnections = server.maximumConnections;
  try {
    await app.listen({ port, host });
  } catch (error) {
    await app.close();
    throw error;
  }
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      app.drain.begin();
      if (server.drainSeconds > 0) await delay(server.drainSeconds * 1000);
      const deadline = setTimeout(() => app.server.closeAllConnections(), server.graceSeconds * 1000);
      deadline.unref();
      await app.close();
      clearTimeout(deadline);
      context.signal.removeEventListener('abort', onAbort);
    })();
    return closing;
  };
  const onAbort = (): void => void close();
  context.signal.addEventListener('abort', onAbort, { once: true });
  if (context.signal.aborted) await close();
  await app.releases.check();
  return {
    address: addressOf(app.server.address() as AddressInfo | null, host),
    release: app.releases.ready ? app.releases.current().id : null,
    close,
  };
}

function addressOf(bound: AddressInfo | null, host: string): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${bound?.port ?? 0}`;
}
