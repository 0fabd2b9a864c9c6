/** Bars of several buttons on top of each other, as paths of a drawing of WIDTH × HEIGHT units. */
export const WIDTH = 750;
export const HEIGHT = 180;

/** The outline of one button's bars on top of those below; raises `heights` by them. */
export function stackOn(heights, presses, scale) {
  const wide = WIDTH / presses.length;
  return presses
    .map((count, n) => {
      if (count === 0) return "";
      const tall = (count / scale) * HEIGHT;
      heights[n] += tall;
      const x = n * wide + 0.5;
      const y = HEIGHT - heights[n];
      return `M${x} ${y.toFixed(1)}h${wide - 1}v${tall.toFixed(1)}h${1 - wide}z`;
    })
    .join("");
}

/** The next of 10, 20, 50, 100 … that holds the most. */
export function niceScale(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return power * [1, 2, 5, 10].find((step) => step * power >= most);
}

/** The sums of bins that stand on each other. */
export const sumsOf = (bins) =>
  bins.reduce((total, presses) => presses.map((n, at) => n + (total[at] ?? 0)), []);
