import { storedStudioKey } from "../storage.js";
import { studio } from "../studio/studio.js";

const ASKED_AFTER = [500, 2_000, 6_000]; // ms; what has just fired is recorded late

/** Asks for what is missing of a round, a few times: once more only where still more is missing. */
export class Recall {
  #lacking;
  #ask;
  #round = 0;
  #gone = 0; // so many the record does not have, either
  #isAsking = false;

  /** `lacking(round)` says how many triggers are missing; `ask(round)` asks for them, and throws where nobody answers. */
  constructor(lacking, ask) {
    this.#lacking = lacking;
    this.#ask = ask;
  }

  /** The room is in this round. */
  async follow(round) {
    if (round !== this.#round) this.#gone = 0;
    this.#round = round;
    if (this.#isAsking || this.#isComplete) return;
    this.#isAsking = true;
    const gone = await this.#asked(round);
    this.#isAsking = false;
    if (round === this.#round) this.#gone = gone;
  }

  get #isComplete() {
    return this.#lacking(this.#round) <= this.#gone;
  }

  async #asked(round) {
    for (const wait of ASKED_AFTER) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (round !== this.#round || this.#isComplete) return this.#gone;
      try {
        await this.#ask(round);
      } catch {
        return this.#gone; // asked again with the room's next state
      }
    }
    return this.#lacking(round);
  }
}

/**
 * What the studio has recorded of these rounds, as `Feed.recorded` takes it; `timeOf` makes ms of the server's clock
 * those of this page's. Throws StreamarioError where nobody answers.
 */
export async function recall(roomId, rounds, timeOf) {
  if (!storedStudioKey()) return [];
  const found = await Promise.all(rounds.map((round) => studio.round(roomId, round).catch(unlessAway)));
  return found.filter(Boolean).map((round) => pastOf(round, (iso) => iso && timeOf(Date.parse(iso))));
}

/** What the studio does not have is nothing. */
function unlessAway(refusal) {
  if (refusal.code === "unreachable") throw refusal;
  return null;
}

function pastOf({ round, started_at: from, ended_at: to, triggers }, timeOf) {
  return { round, from: timeOf(from), to: timeOf(to), triggers: triggers.map((each) => rowOf(each, timeOf)) };
}

function rowOf({ seq, event_type: eventType, viewer_name: viewerName, fired_at: firedAt, status, reason }, timeOf) {
  const outcome = status && { status, reason, returned: 0, endsAt: null, since: null };
  return { seq, eventType, viewerName, at: timeOf(firedAt), outcome };
}
