/** The mean and its standard error, as of paired differences; NaN without values, an error of NaN for one. */
export function meanError(values: ArrayLike<number>): { readonly mean: number; readonly error: number } {
  const { length } = values;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += values[i]!;
  const mean = sum / length;
  let squares = 0;
  for (let i = 0; i < length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, error: Math.sqrt(squares / (length * (length - 1))) };
}
