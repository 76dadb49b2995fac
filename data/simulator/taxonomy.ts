import { baby } from './departments/baby.ts';
import { care } from './departments/care.ts';
import { coffee } from './departments/coffee.ts';
import { electronics } from './departments/electronics.ts';
import { fashion } from './departments/fashion.ts';
import { garden } from './departments/garden.ts';
import { household } from './departments/household.ts';
import { pets } from './departments/pets.ts';
import { sports } from './departments/sports.ts';
import { tools } from './departments/tools.ts';
import type { CompatibilitySystem, ProductType } from './product-type.ts';

/** Every leaf type the shop can sell. */
export const productTypes: readonly ProductType[] = [
  ...electronics,
  ...household,
  ...care,
  ...coffee,
  ...pets,
  ...tools,
  ...garden,
  ...sports,
  ...baby,
  ...fashion,
];

const model = (key: string, attribute: string, perFamily: number, most: number): CompatibilitySystem => ({
  key,
  attribute,
  families: null,
  perFamily,
  most,
});
const standard = (key: string, attribute: string, families: readonly string[]): CompatibilitySystem => ({
  key,
  attribute,
  families,
  perFamily: 0,
  most: families.length,
});

/** Every way in which products of different types fit together. */
export const compatibilitySystems: readonly CompatibilitySystem[] = [
  model('phone-model', 'model', 8, 5000),
  model('tablet-model', 'model', 8, 2000),
  model('watch-model', 'model', 8, 1000),
  model('printer-series', 'series', 6, 2000),
  model('vacuum-series', 'series', 5, 1000),
  model('purifier-series', 'series', 4, 500),
  model('pram-model', 'model', 4, 500),
  model('razor-system', 'system', 4, 12),
  model('brush-system', 'system', 4, 12),
  model('capsule-system', 'system', 5, 8),
  model('lens-mount', 'mount', 6, 8),
  model('console-platform', 'platform', 5, 4),
  model('power-platform', 'battery platform', 8, 8),
  standard('plug', 'plug', ['USB-C', 'magnetic', 'micro-USB']),
  standard('laptop-size', 'screen', ['13 inch', '14 inch', '15 inch', '16 inch']),
  standard('card-format', 'card', ['SD', 'microSD', 'CFexpress']),
  standard('screen-size', 'screen', ['43 inch', '50 inch', '55 inch', '65 inch']),
  standard('bed-size', 'bed size', ['90 x 200', '140 x 200', '160 x 200', '180 x 200']),
  standard('socket', 'socket', ['E14', 'E27', 'GU10']),
  standard('tyre-size', 'tyre', ['26 inch', '28 inch', '29 inch']),
];
