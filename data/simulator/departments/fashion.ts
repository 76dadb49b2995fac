import { colours, department, sizes } from '../product-type.ts';

export const fashion = department('Fashion', [
  [
    'tshirt',
    'Tops > T-shirts',
    'T-shirt',
    [8, 55],
    {
      share: 2,
      demand: 1.5,
      attributes: { size: sizes, colour: colours },
      about: ['organic cotton', 'straight cut'],
    },
  ],
  [
    'scarf',
    'Accessories > Scarves',
    'scarf',
    [12, 120],
    {
      share: 1,
      demand: 0.7,
      attributes: { colour: colours, material: ['wool', 'silk', 'cotton'] },
      about: ['long', 'soft'],
    },
  ],
  [
    'notebook',
    'Stationery > Notebooks',
    'paper notebook',
    [4, 32],
    {
      share: 1,
      demand: 0.8,
      attributes: { ruling: ['lined', 'squared', 'dotted'], colour: colours },
      about: ['thread-bound', 'pocket at the back'],
    },
  ],
]);
