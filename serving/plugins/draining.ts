import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    readonly drain: Drain;
  }
}

/** Whether the service is about to stop: it still answers, but is not ready, and asks clients to connect anew elsewhere. */
export interface Drain {
  readonly begun: boolean;
  begin(): void;
}

export function drainConnections(app: FastifyInstance): void {
  let begun = false;
  app.decorate('drain', {
    get begun() {
      return begun;
    },
    begin() {
      begun = true;
    },
  });
  app.addHook('onRequest', (_request, reply, done) => {
    if (begun) reply.header('connection', 'close');
    done();
  });
}
