const VIEWERS = 24;
const LEFT = 300_000; // ms

/** The room's state for the console's preview: what it has not yet, as it may come to be. */
export function withSamples(state) {
  const { viewerCount, roundEndsAt, roundLeftMs, roundLimitMs } = state;
  const left = roundEndsAt === null ? (roundLeftMs ?? (roundLimitMs || LEFT)) : roundLeftMs;
  return { ...state, viewerCount: viewerCount || VIEWERS, roundLeftMs: left };
}
