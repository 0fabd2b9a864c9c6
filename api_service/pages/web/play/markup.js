/** What the first buttons do not need: `[where, position, HTML]`, in which `data-text` names a text. */
const PARTS = [
  ["#name", "beforebegin", `
  <button class="sound" id="sound" type="button" data-label="sounds" hidden><span aria-hidden="true"></span></button>
  `],
  [".hero", "afterend", `
  <p class="soon" data-part="soon"></p>
  <p class="crowd" data-part="crowd"><b class="number" data-part="people"></b> <span data-text="waitingCrowd"></span></p>
  <ul class="names" data-part="names"></ul>
  `],
  ["#keys", "afterend", `
  <label class="number-keys">
    <input id="number-keys" type="checkbox">
    <span data-text="numberKeys"></span>
  </label>
  `],
  [".gather .panel", "afterend", `
  <div class="look" data-part="look">
    <h3 class="caption" data-text="waitingLook"></h3>
    <button class="rename" id="rename" type="button" data-part="rename"></button>
    <p class="card" data-part="card">
      <span class="card-icon" data-part="icon" aria-hidden="true"></span>
      <b class="show" dir="auto" data-part="name"></b>
      <span data-part="others"></span>
    </p>
  </div>
  <h3 class="caption" data-text="waitingButtons"></h3>
  <ul class="preview" id="preview" data-part="buttons"></ul>
  `],
  ["#again", "beforebegin", `
  <form class="code-form" id="code-form">
    <label for="code" data-text="codeLabel"></label>
    <input class="field" id="code" name="code" autocomplete="off" autocapitalize="characters"
           spellcheck="false" enterkeyhint="go" maxlength="40">
    <button class="button" type="submit" data-text="codeGo"></button>
  </form>
  `],
  [".ended", "beforeend", `
  <div class="finale">
    <div class="finale-board">
      <div class="confetti" id="confetti" aria-hidden="true"></div>
      <h2 data-text="finaleTitle"></h2>
      <p class="pending" id="pending" data-text="resultsPending"></p>
      <p class="pending" id="failed" hidden>
        <span data-text="resultsFailed"></span>
        <button class="button" id="ask-again" type="button" data-text="tryAgain"></button>
      </p>
      <p id="nobody" data-text="nobodyPressed" hidden></p>
      <ol class="podium" id="podium"></ol>
    </div>
    <div class="own" id="own"></div>
    <ul class="other-titles" id="other-titles"></ul>
    <ul class="sums" id="sums" aria-hidden="true"></ul>
    <button class="hand-over" id="picture" type="button" disabled><span data-text="picture"></span></button>
    <p class="next-time" id="next-time"></p>
  </div>
  <div class="tables" id="tables" hidden>
    <section>
      <h3 class="caption" data-text="topTitle"></h3>
      <ol class="ranks" id="ranks"></ol>
    </section>
    <section>
      <h3 class="caption" data-text="totalsTitle"></h3>
      <dl class="teams figures" id="teams"></dl>
      <ul class="totals" id="totals"></ul>
    </section>
  </div>
  <p class="next" data-text="nextRound"></p>
  <div class="onward" id="onward" role="group" aria-labelledby="onward-text" hidden>
    <p><span id="onward-text"></span> <span id="onward-left" aria-hidden="true"></span></p>
    <button class="button primary" id="onward-go" type="button" data-text="onwardGo"></button>
    <button class="button" id="onward-stay" type="button" data-text="onwardStay"></button>
  </div>
  `],
  [".ended", "afterend", `
  <section class="screen awaited" data-of="awaited" hidden>
    <svg class="asleep" viewBox="0 0 64 64" aria-hidden="true">
      <path d="M15 29q6 8 12 0M37 29q6 8 12 0M27 42h10M40 10h9l-9 9h9"/>
    </svg>
    <h2 class="show" id="handle"></h2>
    <p id="awaited"></p>
  </section>
  `],
  [".head", "beforeend", `
  <div class="nudge" id="nudge" role="group" aria-labelledby="nudge-text" hidden>
    <p id="nudge-text" data-text="nudge"></p>
    <button class="button primary" id="nudge-name" type="button" data-text="nudgeName"></button>
    <button class="button" id="nudge-close" type="button" data-label="notNow">✕</button>
  </div>
  `],
  ["#main", "afterend", `
  <dialog id="name-dialog" aria-labelledby="name-title">
    <form id="name-form">
      <h2 id="name-title" data-text="nameTitle"></h2>
      <p class="soft" id="name-use" data-text="nameUse"></p>
      <label class="unseen" for="name-field" data-text="nameLabel"></label>
      <input class="field" id="name-field" autocomplete="nickname" enterkeyhint="done"
             spellcheck="false" aria-describedby="name-use name-error">
      <p class="error" id="name-error" role="alert"></p>
      <p class="choices">
        <button class="button" id="name-cancel" type="button" data-text="cancel"></button>
        <button class="button primary" id="name-save" type="submit" data-text="save"></button>
      </p>
    </form>
  </dialog>
  `],
];

/** Put it into the page. */
export function addMarkup() {
  for (const [where, position, html] of PARTS) document.querySelector(where).insertAdjacentHTML(position, html);
}
