/** Settings that belong together, by what a shop wants of its relations. They lie under what the user's configuration says. */
export const presets = {
  /** What goes after what, whenever: the defaults. */
  relations: {},
  /**
   * What customers buy next, where trade changes with the season: more relations of each product and over a year, labelled by how much each explains beside the others,
   * and a lean towards what is bought more lately than ever. Chosen on periods of Online Retail that end before its test begins.
   */
  'next-purchase': {
    graph: { windowDays: 365, halfLifeDays: 90, regressionPenalty: 200, maximumOutDegree: 100 },
    blade: { loss: { labels: 'weight' }, trendWeight: 1.5 },
  },
} as const;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as readonly PresetName[];
