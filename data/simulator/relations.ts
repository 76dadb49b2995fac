/** A planted directed relation: who buys a product of `from` later needs one of `to`. */
export interface PlantedRelation {
  readonly from: string;
  readonly to: string;
  /** Compatibility system in which the two products must share a family; null: any product of `to`. */
  readonly via: string | null;
  /** Probability that the purchase of `from` creates the need. */
  readonly strength: number;
  /** Median delay until the need, days. */
  readonly delayDays: number;
}

const relation = (
  from: string,
  to: string,
  via: string | null,
  strength: number,
  delayDays: number,
): PlantedRelation => ({ from, to, via, strength, delayDays });

/** One-way relations between types. No chain of them leads back to where it began. */
export const plantedRelations: readonly PlantedRelation[] = [
  relation('phone', 'case', 'phone-model', 0.62, 3),
  relation('phone', 'screenprotector', 'phone-model', 0.42, 4),
  relation('phone', 'charger', 'plug', 0.28, 8),
  relation('phone', 'earbuds', null, 0.18, 20),
  relation('tablet', 'tabletcover', 'tablet-model', 0.55, 4),
  relation('tablet', 'stylus', 'tablet-model', 0.3, 10),
  relation('laptop', 'laptopsleeve', 'laptop-size', 0.35, 5),
  relation('laptop', 'mouse', null, 0.32, 6),
  relation('laptop', 'dock', 'plug', 0.2, 14),
  relation('printer', 'ink', 'printer-series', 0.8, 18),
  relation('printer', 'paper', null, 0.35, 6),
  relation('camera', 'lens', 'lens-mount', 0.5, 24),
  relation('camera', 'memorycard', 'card-format', 0.55, 3),
  relation('camera', 'camerabag', null, 0.35, 7),
  relation('camera', 'tripod', null, 0.25, 20),
  relation('console', 'game', 'console-platform', 0.8, 7),
  relation('console', 'controller', 'console-platform', 0.4, 14),
  relation('tv', 'wallmount', 'screen-size', 0.35, 4),
  relation('smartwatch', 'watchstrap', 'watch-model', 0.5, 15),
  relation('vacuum', 'vacuumbag', 'vacuum-series', 0.75, 30),
  relation('purifier', 'purifierfilter', 'purifier-series', 0.65, 40),
  relation('bed', 'mattress', 'bed-size', 0.6, 5),
  relation('bed', 'sheet', 'bed-size', 0.5, 9),
  relation('mattress', 'pillow', null, 0.3, 8),
  relation('lamp', 'bulb', 'socket', 0.45, 4),
  relation('washer', 'detergent', null, 0.45, 7),
  relation('knife', 'sharpener', null, 0.25, 25),
  relation('razor', 'blades', 'razor-system', 0.8, 18),
  relation('razor', 'foam', null, 0.45, 5),
  relation('toothbrush', 'brushhead', 'brush-system', 0.75, 25),
  relation('toothbrush', 'toothpaste', null, 0.3, 8),
  relation('coffeemachine', 'capsules', 'capsule-system', 0.88, 3),
  relation('coffeemachine', 'descaler', null, 0.35, 40),
  relation('espressomachine', 'beans', null, 0.7, 3),
  relation('espressomachine', 'grinder', null, 0.4, 10),
  relation('espressomachine', 'frother', null, 0.25, 12),
  relation('dogcrate', 'dogfood', null, 0.75, 4),
  relation('dogcrate', 'doglead', null, 0.6, 4),
  relation('dogcrate', 'dogtoy', null, 0.5, 9),
  relation('litterbox', 'litter', null, 0.8, 4),
  relation('litterbox', 'catfood', null, 0.6, 6),
  relation('litterbox', 'scratcher', null, 0.4, 12),
  relation('aquarium', 'aquariumfilter', null, 0.55, 4),
  relation('aquarium', 'fishfood', null, 0.65, 10),
  relation('mower', 'toolbattery', 'power-platform', 0.5, 6),
  relation('mower', 'fertiliser', null, 0.35, 15),
  relation('barbecue', 'charcoal', null, 0.75, 3),
  relation('barbecue', 'barbecuecover', null, 0.4, 10),
  relation('planter', 'soil', null, 0.45, 3),
  relation('drill', 'toolbattery', 'power-platform', 0.5, 8),
  relation('drill', 'drillbits', null, 0.6, 5),
  relation('saw', 'sawblade', null, 0.45, 25),
  relation('bike', 'bikelock', null, 0.6, 3),
  relation('bike', 'bikehelmet', null, 0.45, 4),
  relation('bike', 'innertube', 'tyre-size', 0.35, 40),
  relation('bike', 'bikelight', null, 0.4, 10),
  relation('tent', 'sleepingbag', null, 0.5, 5),
  relation('sleepingbag', 'campingmat', null, 0.4, 4),
  relation('racket', 'tennisballs', null, 0.65, 6),
  relation('shoe', 'sock', null, 0.35, 8),
  relation('pram', 'raincover', 'pram-model', 0.5, 8),
  relation('pram', 'nappies', null, 0.6, 12),
  relation('nappies', 'wipes', null, 0.3, 3),
];

/** Types whose owners, rarely and late, buy a newer one of the same type. */
export const upgradedTypes: readonly string[] = ['phone', 'laptop', 'tablet', 'smartwatch', 'camera'];
/** Probability of an upgrade, and its median delay in days. */
export const upgrade = { probability: 0.08, delayDays: 120 } as const;
