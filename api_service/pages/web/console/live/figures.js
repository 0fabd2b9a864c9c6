export const sum = (values) => values.reduce((total, value) => total + value, 0);

/** The value that a share of all is not above (nearest rank); null of nothing. */
export function percentile(values, share) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1];
}
