import { html } from "lit-html";

/** Says changes of the state to whoever does not see them: politely, but that all has stopped, at once. */
export class Announcer {
  constructor(desk) {
    this.desk = desk;
  }

  view() {
    const urgent = this.#urgent;
    return html`<p class="unseen" role="status">${urgent ? "" : this.#calm}</p>
      <p class="unseen" role="alert">${urgent}</p>`;
  }

  get #urgent() {
    const { phase, isLost, commands, texts } = this.desk;
    if (commands.keepsStop) return isLost ? texts.stop_kept_said : "";
    return phase === "stopped" && !isLost ? `${texts.phase_names.stopped()}: ${texts.phase_notes.stopped()}` : "";
  }

  /** A round's own note has a count, which would be read all the time. */
  get #calm() {
    const { phase, bar, commands } = this.desk;
    if (phase === "loading" || commands.keepsStop) return "";
    return phase === "paused" ? `${bar.name}: ${bar.below}` : bar.name;
  }
}
