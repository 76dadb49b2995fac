/** The axes, panels and colours that all plots share. */

/** Colour 0 is the model's; all are custom properties of the page, light and dark. */
export function seriesColour(index: number): string {
  return `var(--series-${index % 8})`;
}

const line = { lineStyle: { color: 'var(--axis)' } };
const grid = { lineStyle: { color: 'var(--grid)' } };
const label = { color: 'var(--muted)', fontSize: 12, hideOverlap: true };

export interface AxisOptions {
  readonly name?: string;
  readonly gridIndex?: number;
  readonly show?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly formatter?: (value: number) => string;
  /** Categories: never leave a label out. */
  readonly everyLabel?: boolean;
  /** About how many ticks. */
  readonly ticks?: number;
}

export function valueAxis(options: AxisOptions = {}) {
  return {
    type: 'value' as const,
    ...placed(options),
    splitNumber: options.ticks ?? 4,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: grid,
    axisLabel: { ...label, ...(options.formatter && { formatter: options.formatter }) },
  };
}

export function logAxis(options: AxisOptions = {}) {
  return { ...valueAxis(options), type: 'log' as const, logBase: 10, axisLine: { show: true, ...line } };
}

export function categoryAxis(categories: readonly string[], options: AxisOptions = {}) {
  return {
    type: 'category' as const,
    data: [...categories],
    ...placed(options),
    axisLine: line,
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: {
      ...label,
      show: options.show ?? true,
      ...(options.everyLabel && { interval: 0, hideOverlap: false, fontSize: 11 }),
    },
  };
}

function placed(options: AxisOptions) {
  return {
    gridIndex: options.gridIndex ?? 0,
    ...(options.name !== undefined && {
      name: options.name,
      nameLocation: 'middle' as const,
      nameGap: 28,
      nameTextStyle: { color: 'var(--muted)', fontSize: 12 },
    }),
    ...(options.min !== undefined && { min: options.min }),
    ...(options.max !== undefined && { max: options.max }),
  };
}

/** A panel's heading, left above its grid. */
export function panelTitle(text: string, top: number, left: number | string = 0) {
  return {
    text,
    top,
    left,
    padding: 0,
    textStyle: { color: 'var(--text)', fontSize: 13, fontWeight: 600 as const, fontFamily: 'inherit' },
  };
}

/** Axis labels that stay short: 1200000 → "1.2M". */
export function compact(value: number): string {
  const size = Math.abs(value);
  for (const [unit, letter] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (size >= unit) return `${Number((value / unit).toPrecision(3))}${letter}`;
  }
  return String(Number(value.toPrecision(3)));
}

export function percent(value: number): string {
  return `${Number((value * 100).toPrecision(3))}\u00a0%`;
}
