import { department } from '../product-type.ts';

export const tools = department('Tools', [
  [
    'drill',
    'Power tools > Cordless drills',
    'cordless drill',
    [59, 380],
    {
      synonym: 'drill driver',
      share: 1,
      demand: 2,
      makes: ['power-platform'],
      attributes: { torque: ['40 Nm', '60 Nm', '90 Nm'] },
      about: ['two gears', 'LED', 'without battery'],
    },
  ],
  [
    'saw',
    'Power tools > Circular saws',
    'cordless circular saw',
    [79, 420],
    {
      share: 0.6,
      demand: 0.7,
      makes: ['power-platform'],
      attributes: { blade: ['140 mm', '165 mm'] },
      about: ['clean cut', 'guide rail fits'],
    },
  ],
  [
    'toolbattery',
    'Accessories > Tool batteries',
    'tool battery',
    [29, 190],
    {
      synonym: 'power tool accumulator',
      share: 1.2,
      demand: 0.4,
      fits: 'power-platform',
      attributes: { capacity: ['2 Ah', '4 Ah', '8 Ah'] },
      about: ['charge indicator', 'cell protection'],
    },
  ],
  [
    'drillbits',
    'Accessories > Drill bits',
    'drill bit set',
    [9, 90],
    {
      share: 1,
      demand: 0.5,
      attributes: { material: ['wood', 'metal', 'masonry'], pack: ['8 pieces', '19 pieces', '50 pieces'] },
      about: ['in a case', 'titanium coating'],
    },
  ],
  [
    'sawblade',
    'Accessories > Saw blades',
    'saw blade',
    [9, 75],
    {
      share: 0.7,
      demand: 0.2,
      repeatDays: 70,
      attributes: { blade: ['140 mm', '165 mm'], teeth: ['24 teeth', '40 teeth'] },
      about: ['carbide', 'for wood'],
    },
  ],
]);
