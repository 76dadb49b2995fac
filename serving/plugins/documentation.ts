import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { errorCodes } from '../../src/errors.ts';
import { type Completable, completeDocument } from '../openapi/complete.ts';
import { apiCodes } from '../schemas/common.ts';

const description = `Related products in the right direction: given a phone the case, never given the case the phone.

Every answer names the release it comes from. Hidden and sold-out products are in no answer.
Errors carry a stable code:

| code | status | meaning |
| --- | --- | --- |
${apiCodes.map((code) => `| ${code} | ${errorCodes[code].status} | ${errorCodes[code].meaning} |`).join('\n')}
`;

/** OpenAPI 3.1 at /docs/json, the page at /docs. Registered before the routes, so that it sees them. */
export function documentApi(app: FastifyInstance, version: string): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Oneway', version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      tags: [
        { name: 'products', description: 'Related and similar products.' },
        { name: 'release', description: 'What is being served.' },
        { name: 'feedback', description: 'What visitors do with recommendations.' },
        { name: 'catalogue', description: 'Changes of products between refreshes.' },
        { name: 'admin', description: 'Releases and experiments.' },
        { name: 'health', description: 'For the orchestrator.' },
      ],
      components: {
        securitySchemes: {
          key: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'A key made with: oneway keys create.' },
          bearer: { type: 'http', scheme: 'bearer', description: 'The same key as a bearer token.' },
        },
      },
    },
    transformObject: (source) => {
      if (!('openapiObject' in source)) return source.swaggerObject;
      completeDocument(source.openapiObject as Completable);
      return source.openapiObject;
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === 'string' ? json.$id : `Schema${i}`),
    },
  });
  app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
    theme: { title: 'Oneway API' },
    uiConfig: { docExpansion: 'list', deepLinking: true, tryItOutEnabled: true, validatorUrl: null },
  });
}
