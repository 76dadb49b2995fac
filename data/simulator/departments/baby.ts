import { colours, department } from '../product-type.ts';

export const baby = department('Baby', [
  [
    'pram',
    'Out and about > Prams',
    'pram',
    [180, 1400],
    {
      synonym: 'pushchair',
      share: 0.7,
      demand: 1.2,
      makes: ['pram-model'],
      attributes: { colour: colours },
      about: ['carrycot and seat', 'air tyres'],
    },
  ],
  [
    'raincover',
    'Out and about > Rain covers',
    'rain cover',
    [12, 60],
    {
      share: 0.8,
      demand: 0.1,
      fits: 'pram-model',
      attributes: { colour: ['clear', 'grey'] },
      about: ['no PVC', 'window'],
    },
  ],
  [
    'nappies',
    'Changing > Nappies',
    'nappies',
    [6, 48],
    {
      synonym: 'diapers',
      share: 0.8,
      demand: 1,
      repeatDays: 14,
      attributes: { size: ['1', '2', '3', '4', '5'], pack: ['30 pieces', '80 pieces'] },
      about: ['dry for 12 hours', 'soft waist'],
    },
  ],
  [
    'wipes',
    'Changing > Baby wipes',
    'baby wipes',
    [2, 26],
    {
      share: 0.6,
      demand: 0.5,
      repeatDays: 20,
      attributes: { pack: ['3 x 56', '12 x 56'] },
      about: ['99 % water', 'no perfume'],
    },
  ],
]);
