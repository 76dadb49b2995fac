import { cosineAdder, featureRow } from './cosines.ts';
import { dropZeros } from './evidence.ts';
import type { Baseline } from './types.ts';

/** The products whose features are most like the context's: Σ of cosines. It knows no edge, and so no direction. */
export const featuresOnly: Baseline = {
  name: 'features-only',
  description: 'cosine of the features to the query’s, without any edge',
  choices: [{}],
  refuses: ({ features }) => (features === null ? 'there are no features' : null),
  create: ({ features, graph }) => {
    if (features !== null && features.rows !== graph.nodeCount)
      throw new TypeError('Features need one row per product.');
    const add = features === null ? null : cosineAdder(features);
    return {
      name: 'features-only',
      score: (context, out) => {
        out.fill(0);
        if (features !== null) for (const product of context) add?.(featureRow(features, product), 1, out);
        dropZeros(out);
      },
    };
  },
};
