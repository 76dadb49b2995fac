import Type, { type Static } from 'typebox';

const share = (value: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: value, description });
const count = (value: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, default: value, description });
const strict = { additionalProperties: false } as const;

/**
 * Every choice of the model and its training. Most defaults were explored with test figures of split 0 of amazon_photo, cora_ml and amazon-beauty in sight,
 * beside validation; members, penalties and the rule for the direction offset were chosen on validation of those splits, how many neighbours are drawn with split 0's test figures beside it; how reversed edges are
 * kept, with split 1's of amazon_photo. The other splits had no part in any choice.
 */
export const bladeConfiguration = Type.Object(
  {
    dimension: count(64, 2, 1024, 'Width of the source and target embeddings before the two bias dimensions.'),
    members: count(
      2,
      1,
      16,
      'Models that differ by their seed and whose embeddings stand side by side: the score is their mean. Time and width grow with it.',
    ),
    directionOffset: Type.Union([Type.Number({ minimum: 0, maximum: 10 }), Type.Literal('validated')], {
      default: 'validated',
      description:
        'c: scores of a source lose c · ln(1 + indegree). Tells directions apart better, existence worse, and leaves the order of every list after one product as it is; after a basket it is another. Validated: up to 4 on plain lists of edges, up to 1 on logs, the smallest c that tells one-way validation edges from their reversals better than degrees alone do, with 95 % certainty on lists and by a standard error on logs; 0.1 without validation, or with fewer than 100 such edges.',
    }),
    directionCredit: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Literal('validated')], {
      default: 'validated',
      description:
        'k: c · k · ln(1 + outdegree) of what a source loses is given back. 1 where most edges go both ways: there it tells how many more lead to a product than it leads to. Validated along with c on plain lists of edges: 0 or 1; else 0.',
    }),
    reciprocity: Type.Object(
      {
        mirror: Type.Union([Type.Number({ minimum: 0, maximum: 0.5 }), Type.Literal('validated')], {
          default: 'validated',
          description:
            'η: the score of u→v becomes (1 − η) times itself and η times that of v→u, at twice the dimensions. On plain lists of edges. For graphs where most edges go both ways. Validated: the share up to 0.4 that finds most validation edges, where it surely finds more than none does; 0 without validation.',
        }),
        weight: Type.Union([Type.Number({ minimum: -10, maximum: 10 }), Type.Literal('validated')], {
          default: 'validated',
          description:
            'Logits that u→v gains where v→u is a known edge, for each nat of its surprise: −ln of the share of competing products that lead to u. On plain lists of edges; a log has counted both ways itself. Validated: the weight that finds most validation edges, where it surely finds more than none does; 0 without validation.',
        }),
        width: Type.Integer({
          minimum: 4,
          maximum: 1024,
          multipleOf: 4,
          default: 64,
          description: 'Coordinates that hold it, beside those of the members; none where the weight is 0.',
        }),
      },
      strict,
    ),
    trendWeight: Type.Number({
      minimum: 0,
      maximum: 10,
      default: 0,
      description:
        'Weight of `graph.trendDays`: scores of a target gain this times the logarithm of how much more it is bought lately than ever. Nothing without times.',
    }),
    symmetric: Type.Boolean({
      default: false,
      description: 'Ties source to target and forgets directions: the baseline that shows what direction is worth.',
    }),
    features: Type.Union([Type.Literal('off'), Type.Literal('own'), Type.Literal('messages')], {
      default: 'messages',
      description:
        "Where catalogue features enter: nowhere, in a product's own row, or in its own row and wherever walks carry it.",
    }),
    idVectors: Type.Boolean({
      default: true,
      description: 'Learned vectors of what each product is, beside its features.',
    }),
    messageVectors: Type.Boolean({
      default: true,
      description: 'Learned vectors of what each product says to its neighbours (model.md, recipe P).',
    }),
    neighbourhood: Type.Object(
      {
        strategy: Type.Union([Type.Literal('adaptive'), Type.Literal('fixed')], {
          default: 'adaptive',
          description:
            'Adaptive: neighbours by the power law of the degrees (model.md), walks by φ(u). Fixed: `fixedSize` neighbours and the walks of a mean degree for everyone.',
        }),
        minimum: count(512, 1, 4096, 'K_min: neighbours drawn for the best-connected products.'),
        maximum: count(1024, 1, 4096, 'K_max: neighbours drawn for the poorest products.'),
        fixedSize: count(32, 1, 4096, 'Neighbours drawn for every product under the fixed strategy.'),
        inference: count(
          256,
          1,
          65_536,
          'Neighbours drawn at inference, at least: more draws, less noise. Walks are not drawn there, their exact mean is taken.',
        ),
        minimumDegree: count(1, 1, 1000, 'd_min: degrees below it do not count when the exponent is estimated.'),
        hops: count(3, 1, 8, 'H_max: hops of the walks that fill a neighbourhood; 1 for none.'),
        walks: count(32, 1, 4096, 'Walks of the poorest products; others draw the share φ of them.'),
        fill: Type.Number({
          minimum: 0,
          maximum: 1_000_000,
          default: 8,
          description:
            'Degree at which walks count half of what they do for the poorest: φ(u) = fill / (fill + degree).',
        }),
        stay: Type.Number({
          minimum: 0,
          maximum: 0.9,
          default: 0.33,
          description:
            'Share of the steps of a walk that stay on the same side (source or target) instead of crossing.',
        }),
        gate: Type.Number({
          minimum: 0,
          maximum: 100,
          default: 0.5,
          description: "Initial weight of the walks beside the product's own row.",
        }),
        bias: Type.Number({
          minimum: -2,
          maximum: 2,
          default: 0,
          description:
            'β of p(v|u) ∝ degree(v)^β when a neighbourhood is larger than its size; other than 0, draws are no longer representative.',
        }),
        viewed: count(32, 0, 1024, 'Co-viewed products drawn per product; 0 ignores co-views.'),
      },
      strict,
    ),
    loss: Type.Object(
      {
        negatives: count(
          8192,
          1,
          1_000_000,
          'Targets in the negative part of each row: all of them up to this many, else this many drawn uniformly and scaled by N / K.',
        ),
        positivesPerSource: count(
          128,
          1,
          100_000,
          'Positive edges taken per source and epoch; more are sub-sampled and re-weighted.',
        ),
        labels: Type.Union(
          [Type.Literal('binary'), Type.Literal('share'), Type.Literal('cosine'), Type.Literal('weight')],
          {
            default: 'binary',
            description:
              "Soft label of an edge u→v that n customers took: 1; n by u's buyers (a calibrated share); or n by the geometric mean of both ends' buyers (no credit for popularity); or the weight of the edge by the same (`graph.regressionPenalty`). Plain edge lists have no buyers: 1.",
          },
        ),
        weights: Type.Union([Type.Literal('uniform'), Type.Literal('strength')], {
          default: 'strength',
          description:
            'Weight of an edge in the loss: 1, or its directed cosine weight / √(buyers of u · buyers of v) in units of the mean, within [0.1, 10]. Plain edge lists have no buyers: 1.',
        }),
        reversedWeight: Type.Number({
          minimum: 0,
          maximum: 100,
          default: 0,
          description: 'Weight of the reversed pair of each one-way edge as a hard negative.',
        }),
        reversedPairs: count(1024, 0, 1_000_000, 'Reversed pairs per step.'),
        maskSeeds: Type.Boolean({
          default: true,
          description: 'Hide each training edge from the messages that predict it (exact leave-one-out).',
        }),
      },
      strict,
    ),
    optimiser: Type.Object(
      {
        epochs: count(30, 1, 10_000, 'Passes over the source products.'),
        batchSize: count(1024, 1, 100_000, 'Source products per step.'),
        minimumSteps: count(10, 1, 1000, 'Steps per epoch at least: small shops get smaller batches.'),
        learningRate: Type.Number({
          exclusiveMinimum: 0,
          maximum: 1,
          default: 0.007,
          description: 'Peak rate of Adam.',
        }),
        beta2: Type.Number({
          minimum: 0,
          exclusiveMaximum: 1,
          default: 0.999,
          description:
            'β₂ of Adam. Less forgets the first, large gradients sooner: single models rank a little better, and scores compare worse across queries.',
        }),
        warmUpSteps: count(20, 0, 100_000, 'Steps of linear warm-up before the cosine decay.'),
        penalty: Type.Number({ minimum: 0, maximum: 100, default: 15, description: 'λ of (λ / edges) · ‖tables‖².' }),
        penaltySpread: Type.Number({
          minimum: 1,
          maximum: 100,
          default: 2,
          description:
            'Factor between the λ of one member and the next; their geometric mean is `penalty`. Graphs differ in the λ that suits them.',
        }),
        initialScale: Type.Number({
          exclusiveMinimum: 0,
          maximum: 1,
          default: 0.05,
          description: 'Standard deviation of the initial tables.',
        }),
        initialBias: Type.Number({
          minimum: -30,
          maximum: 30,
          default: -5,
          description: 'b₀, the initial logit of any pair.',
        }),
        featureDropout: share(0, 'Share of feature entries dropped per step (the rest is scaled up).'),
      },
      strict,
    ),
    validation: Type.Object(
      {
        every: count(2, 1, 1000, 'Epochs between validations.'),
        patience: count(12, 1, 1000, 'Validations without a better MRR@10 + HitRate@10 before training stops.'),
        queries: count(1500, 1, 1_000_000, 'Validation edges ranked each time.'),
      },
      strict,
    ),
    checkpointSeconds: Type.Number({
      minimum: 0,
      maximum: 86_400,
      default: 20,
      description: 'Seconds between checkpoints at least.',
    }),
  },
  strict,
);

export type BladeConfiguration = Static<typeof bladeConfiguration>;
