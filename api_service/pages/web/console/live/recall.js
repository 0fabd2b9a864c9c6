import { storedStudioKey } from "../storage.js";
import { studio } from "../studio/studio.js";

const ROUNDS = 2; // the running one, and the one before

/** What the studio has recorded of the room's last rounds, as `Feed.recorded` takes it; nothing where it cannot tell. */
export async function recall(roomId, round) {
  if (!storedStudioKey()) return [];
  const numbers = Array.from({ length: Math.min(ROUNDS, round) }, (_, n) => round - n);
  const rounds = await Promise.all(numbers.map((number) => studio.round(roomId, number).catch(() => null)));
  return rounds.filter(Boolean).map(pastOf);
}

function pastOf({ round, started_at: from, ended_at: to, triggers }) {
  return { round, from: Date.parse(from), to: to && Date.parse(to), triggers: triggers.map(rowOf) };
}

function rowOf({ seq, event_type: eventType, viewer_name: viewerName, fired_at: firedAt, status, reason }) {
  const outcome = status && { status, reason, returned: 0, endsAt: null, since: null };
  return { seq, eventType, viewerName, at: Date.parse(firedAt), outcome };
}
