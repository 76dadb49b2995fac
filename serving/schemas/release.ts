import Type from 'typebox';

export const releaseSchema = Type.Object({
  id: Type.String(),
  createdAt: Type.String({ description: 'ISO 8601, UTC.' }),
  loadedAt: Type.String({ description: 'When this process took it into service; ISO 8601, UTC.' }),
  products: Type.Integer(),
  shown: Type.Integer({ description: 'Products that are neither hidden nor sold out.' }),
  boughtEdges: Type.Integer({ description: 'Bought-before relations.' }),
  viewedEdges: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Pairs of products viewed together. Null when the log has no views.',
  }),
  dimension: Type.Integer({ description: 'Of the embeddings, biases included.' }),
  index: Type.Enum(['exact', 'hnsw']),
  report: Type.Boolean({ description: 'Whether /report has a quality report.' }),
});

export const releaseParams = Type.Object(
  { id: Type.String({ pattern: '^[A-Za-z0-9][\\w.-]{0,127}$', description: 'Of a release.' }) },
  { additionalProperties: false },
);
