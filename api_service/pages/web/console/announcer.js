import { html } from "lit-html";

/** Says changes of the state to whoever does not see them: politely, but that all has stopped, at once. */
export class Announcer {
  constructor(desk) {
    this.desk = desk;
  }

  view() {
    const { phase, isLost, bar, texts, commands } = this.desk;
    const isUrgent = commands.keepsStop || (phase === "stopped" && !isLost);
    const words = phase === "loading" ? "" : [bar.name, ...(SAID_WITH[phase] || isUrgent ? [bar.below] : [])].join(". ");
    return html`<p class="unseen" role="status">${isUrgent ? "" : words}</p>
      <p class="unseen" role="alert" data-part="urgent">${isUrgent ? `${texts.phase_names.stopped()}. ${bar.below}` : ""}</p>`;
  }
}

/** Phases whose note does not change all the time. */
const SAID_WITH = { paused: true };
