import type { BladeConfiguration } from '../../src/blade/index.ts';

/** What of the data decides whether an ablation takes anything out. */
export interface DataFacts {
  readonly products: number;
  readonly features: boolean;
  readonly coViews: boolean;
  /** Whether edges know how many customers are behind them. */
  readonly buyers: boolean;
  /** Whether what is bought changes with time. */
  readonly trend: boolean;
}

type Overlay<T> = { readonly [K in keyof T]?: T[K] extends object ? Overlay<T[K]> : T[K] };

/** The model with one choice taken out, as a change of its configuration. */
export interface Ablation {
  readonly name: string;
  readonly label: string;
  /** What is taken out, one sentence. */
  readonly meaning: string;
  readonly overlay: Overlay<BladeConfiguration>;
  /** Sets `fixedSize`, and `walks` where that is not enough, so that as many messages are sampled as by the full model. */
  readonly equalSamples?: true;
  /** Why it takes nothing out of these data, or null. Default: it always does. */
  readonly idle?: (facts: DataFacts) => string | null;
}

const fewNegatives = 512;
const featureless = ({ features }: DataFacts) => (features ? null : 'the data have no features');

/** One row an ablation; each is checked against the configuration's schema before it runs, and skipped where it changes nothing. */
export const ablations: readonly Ablation[] = [
  {
    name: 'symmetric',
    label: 'Symmetric',
    meaning: 'Source and target embeddings are one; directions are forgotten.',
    overlay: { symmetric: true },
  },
  {
    name: 'fixed-sampling',
    label: 'Fixed sampling',
    meaning:
      'The same number of neighbours and of walks for every product, as many samples in all as adaptive sizes take.',
    overlay: { neighbourhood: { strategy: 'fixed' } },
    equalSamples: true,
  },
  {
    name: 'all-neighbours',
    label: 'All neighbours',
    meaning:
      'No sampling of neighbours in training: products hear all they have, up to 4,096, and walk eight times as often.',
    overlay: { neighbourhood: { minimum: 4096, maximum: 4096, walks: 256 } },
  },
  {
    name: 'few-neighbours',
    label: 'Few neighbours',
    meaning: 'Four to eight neighbours are drawn in training, sizes by the power law still.',
    overlay: { neighbourhood: { minimum: 4, maximum: 8 } },
  },
  {
    name: 'degree-bias',
    label: 'Degree bias',
    meaning: 'Well-connected neighbours are drawn rather than others (β = 0.5).',
    overlay: { neighbourhood: { bias: 0.5 } },
  },
  {
    name: 'one-hop',
    label: 'No multi-hop',
    meaning: 'No walks: products know their neighbours alone.',
    overlay: { neighbourhood: { hops: 1 } },
  },
  {
    name: 'two-hops',
    label: 'Two hops',
    meaning: 'Walks go two hops, not three.',
    overlay: { neighbourhood: { hops: 2 } },
  },
  {
    name: 'no-leave-one-out',
    label: 'No leave-one-out',
    meaning: 'A training edge is seen in the messages that predict it.',
    overlay: { loss: { maskSeeds: false } },
  },
  {
    name: 'reversed-negatives',
    label: 'Reversed negatives',
    meaning: 'The reversal of a one-way edge is a negative of its own (DAEMON, equation 2), at a tenth of the weight.',
    overlay: { loss: { reversedWeight: 0.1 } },
  },
  {
    name: 'no-co-views',
    label: 'No co-views',
    meaning: 'What is viewed together sends no messages.',
    overlay: { neighbourhood: { viewed: 0 } },
    idle: ({ coViews }) => (coViews ? null : 'the data have no co-views'),
  },
  {
    name: 'no-id-vectors',
    label: 'No id vectors',
    meaning: 'Products are known by their features alone.',
    overlay: { idVectors: false },
    idle: featureless,
  },
  {
    name: 'no-message-vectors',
    label: 'No message vectors',
    meaning: 'Neighbours send what they are; nothing is learned of what they say.',
    overlay: { messageVectors: false },
  },
  {
    name: 'walks-for-all',
    label: 'Walks for all',
    meaning: 'Well-connected products draw as many walks as poor ones, and listen to them as much.',
    overlay: { neighbourhood: { fill: 1000 } },
  },
  {
    name: 'features-stay',
    label: 'Features stay',
    meaning: 'Features are seen in a product itself and do not travel over walks.',
    overlay: { features: 'own' },
    idle: featureless,
  },
  {
    name: 'no-features',
    label: 'No features',
    meaning: 'Products are known by their id vectors alone.',
    overlay: { features: 'off' },
    idle: featureless,
  },
  {
    name: 'uniform-weights',
    label: 'Uniform edge weights',
    meaning: 'Strong relations weigh no more in the loss than weak ones.',
    overlay: { loss: { weights: 'uniform' } },
    idle: ({ buyers }) => (buyers ? null : 'plain edges are alike strong'),
  },
  {
    name: 'cosine-labels',
    label: 'Cosine labels',
    meaning: 'An edge is as true as its customers are many beside those of its ends.',
    overlay: { loss: { labels: 'cosine' } },
    idle: ({ buyers }) => (buyers ? null : 'plain edges have no customers'),
  },
  {
    name: 'few-negatives',
    label: 'Few negatives',
    meaning: `${fewNegatives} sampled targets stand for all negatives of a row.`,
    overlay: { loss: { negatives: fewNegatives } },
    idle: ({ products }) => (products > fewNegatives ? null : `there are no more than ${fewNegatives} products`),
  },
  {
    name: 'no-penalty',
    label: 'No penalty',
    meaning: 'The tables are not pulled to zero.',
    overlay: { optimiser: { penalty: 0 } },
  },
  {
    name: 'one-member',
    label: 'One model',
    meaning: 'One model, not several side by side.',
    overlay: { members: 1 },
  },
  {
    name: 'no-reciprocity',
    label: 'No reciprocity',
    meaning: 'Nothing is made of the other direction: of which edges are known there, and of its scores.',
    overlay: { reciprocity: { mirror: 0, weight: 0 } },
    idle: ({ buyers }) => (buyers ? 'a log has counted both ways itself' : null),
  },
  {
    name: 'no-direction-offset',
    label: 'No direction offset',
    meaning: 'Scores of popular products are not lowered as sources.',
    overlay: { directionOffset: 0 },
  },
  {
    name: 'trend',
    label: 'Trend',
    meaning: 'Products that are bought more lately than ever gain 1.5 times the logarithm of it.',
    overlay: { trendWeight: 1.5 },
    idle: ({ trend }) => (trend ? null : 'nothing is bought more lately than ever, or there are no times'),
  },
  {
    name: 'd-32',
    label: 'Width 32',
    meaning: 'Embeddings of 32 dimensions.',
    overlay: { dimension: 32 },
  },
  {
    name: 'd-128',
    label: 'Width 128',
    meaning: 'Embeddings of 128 dimensions.',
    overlay: { dimension: 128 },
  },
];

export const ablationNames: readonly string[] = ablations.map(({ name }) => name);
/** The model with nothing taken out, in results. */
export const fullName = 'oneway';
