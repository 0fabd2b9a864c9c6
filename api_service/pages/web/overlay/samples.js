const VIEWERS = 24;
const LEFT = 300_000; // ms

/** The room's state with sample figures, for the console's preview, in place of those that it has not yet. */
export function withSamples(state) {
  const { viewerCount, roundEndsAt, roundLeftMs, roundLimitMs } = state;
  const left = roundEndsAt === null ? (roundLeftMs ?? (roundLimitMs || LEFT)) : roundLeftMs;
  return { ...state, viewerCount: viewerCount || VIEWERS, roundLeftMs: left };
}
