import { html, render } from "lit-html";
import { element } from "../../common/elements.js";
import { isPassing } from "../../streamario/api.js";
import { call } from "../api.js";
import { showOnce } from "../parts.js";
import { studio } from "../studio/studio.js";
import { buttonsOf, factsOf } from "./round_facts.js";
import { RoundView } from "./round_view.js";
import { times } from "./times.js";

/** What the history has of a round: `{booked, isWhole}`, null where it has nothing, not whole where it may tell later. */
export async function bookedOf(roomId, round) {
  try {
    return { booked: await studio.round(roomId, round), isWhole: true };
  } catch (refusal) {
    return { booked: null, isWhole: !isPassing(refusal) };
  }
}

/** Show one round of the history in a dialog. Throws StreamarioError. */
export async function showRound({ roomId, round, title }, { texts, languages }) {
  const [results, { booked }, { settings }] = await Promise.all([
    call("GET", `/api/rooms/${roomId}/results?round=${round}`),
    bookedOf(roomId, round),
    studio.room(roomId),
  ]);
  const room = { roomId, title, round: 0, theme: settings.theme, buttons: buttonsOf(settings), code: null };
  const facts = factsOf({ results, booked, room });
  const heading = texts.round_of(round, title);
  const dialog = element("dialog", { class: "round-dialog", "aria-label": heading });
  const isHidden = () => !settings.show_names;
  const view = new RoundView({ texts, languages, redraw, isHidden, isBlocked: () => false });

  function redraw() {
    render(html`
      <h2 tabindex="-1" autofocus>${heading}</h2>
      <p class="soft small">${times(languages).moment(facts.startedAt ?? facts.endedAt)}</p>
      <div class="cols">
        <div class="stack">${view.main(facts, room)}</div>
        <div class="stack">${view.ranking(facts)}</div>
      </div>
      <p class="actions"><button class="btn" type="button" @click=${() => dialog.close()}>${texts.close}</button></p>`,
      dialog);
  }

  redraw();
  showOnce(dialog);
}
