/** What decimal factors leave behind in binary; the server takes off the same. */
const ROUNDING_NOISE = 1e-9;

/**
 * Presses for one trigger while so many viewers are active, as the server counts:
 * clamp(ceil(base × factor), min, max). NaN while a value is missing.
 */
export function thresholdOf({ base, min, max }, multipliers, viewers) {
  const product = (base ?? NaN) * factorOf(multipliers, Math.max(1, viewers));
  return Math.min(Math.max(Math.ceil(product - ROUNDING_NOISE), min ?? NaN), max ?? NaN);
}

/** The factor of the first band that holds the viewers; the last one holds any larger crowd. */
function factorOf(multipliers, viewers) {
  const band = multipliers.find(({ up_to: bound }) => viewers <= bound) ?? multipliers.at(-1);
  return band?.factor ?? NaN;
}
