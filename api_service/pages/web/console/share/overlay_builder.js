import { withIcon } from "../../common/buttons.js";
import { element } from "../../common/elements.js";
import { labelOf } from "../../streamario.js";
import { linkToCopy } from "./copying.js";
import { Fields } from "../settings/fields.js";
import { choiceOf, queryOf } from "./overlay_choice.js";
import { actionButton } from "../parts.js";
import { storeOverlay, storedOverlay } from "../storage.js";

const WIDTH = 1920; // px, as the overlay is put into a stream
const VOLUMES = [25, 50, 75, 100]; // percent
const SCALES = [75, 100, 125, 150, 200]; // percent

/**
 * A dialog to choose what the overlay shows and how, beside the overlay itself. Triggers that are tried
 * there are seen and heard nowhere else.
 */
export class OverlayBuilder {
  #room;
  #roomId;
  #url;
  #texts;
  #languages;
  #changed;
  #choice = null;
  #tried = 0; // triggers
  #dialog = element("dialog", "overlay-builder");
  #link;
  #frame = element("iframe");
  #screen = element("div", "screen", this.#frame);

  /** `opener` opens the dialog; `url` is an `OverlayUrl`; `changed()`: something else was chosen. */
  constructor(opener, { room, roomId, texts, languages, url, changed }) {
    this.#room = room;
    this.#url = url;
    this.#roomId = roomId;
    this.#texts = texts;
    this.#languages = languages;
    this.#changed = changed;
    this.#link = linkToCopy(texts, "small");
    this.#dialog.setAttribute("aria-label", texts.overlay_choose);
    this.#dialog.addEventListener("close", () => this.#dialog.replaceChildren());
    this.#frame.title = texts.overlay_preview;
    this.#frame.inert = true; // with the focus in there, Escape would not close the dialog
    new ResizeObserver(() => this.#fit()).observe(this.#screen);
    document.body.append(this.#dialog);
    opener.addEventListener("click", () => this.#open());
  }

  #open() {
    const { buttons } = this.#room.state;
    this.#choice = choiceOf(storedOverlay(), buttons.map(({ eventType }) => eventType));
    const close = element("button", "button primary", this.#texts.close);
    this.#dialog.replaceChildren(
      element("h2", "", this.#texts.overlay_choose),
      element(
        "div",
        "halves",
        element("div", "seen", this.#screen, this.#trials(buttons), this.#address()),
        this.#form(buttons),
      ),
      element("form", "actions", close),
    );
    this.#dialog.querySelector("form").method = "dialog";
    this.#show();
    this.#dialog.showModal();
  }

  /** Buttons that have the preview show, and play, a trigger. */
  #trials(buttons) {
    const tries = buttons
      .filter(({ enabled }) => enabled)
      .map((button) =>
        actionButton({
          name: `try-${button.eventType}`,
          caption: withIcon(button, labelOf(button, this.#languages)),
          run: () => this.#try(button),
        }),
      );
    const note = element("p", "soft small", this.#texts.overlay_try);
    return element("div", "", note, element("p", "actions", ...tries));
  }

  /** The address for OBS, to copy. */
  #address() {
    const { overlay_link: caption, overlay_size: hint } = this.#texts;
    const { field, button, said } = this.#link;
    said.textContent = "";
    const label = element("label", "", caption, field);
    const actions = element("p", "actions", button, said);
    return element("div", "labelled", label, element("span", "hint", hint), actions);
  }

  #try({ eventType }) {
    const { contentWindow } = this.#frame;
    this.#tried += 1;
    const detail = { eventType, seq: this.#tried, viewerName: this.#texts.tester };
    contentWindow.dispatchEvent(new contentWindow.CustomEvent("trigger", { detail }));
  }

  #form(buttons) {
    const texts = this.#texts;
    const fields = new Fields(() => this.#chosen());
    const choose = (name, captions) =>
      fields.choice(texts[`overlay_${name}`], `overlay.${name}`, this.#choice, name, captions);
    const flags = (path, owner, captions) =>
      Object.keys(captions).map((name) => fields.flag(captions[name], path + name, owner, name));
    const captions = Object.fromEntries(
      buttons.map((button) => [button.eventType, withIcon(button, labelOf(button, this.#languages))]),
    );
    return element(
      "div",
      "choices",
      choose("style", texts.overlay_styles),
      choose("position", texts.overlay_positions),
      choose("volume", { 0: texts.overlay_silent, ...percents(VOLUMES) }),
      choose("scale", percents(SCALES)),
      choose("lang", texts.overlay_langs),
      group(texts.overlay_parts, flags("overlay.", this.#choice, texts.overlay_part)),
      group(texts.buttons, flags("overlay.buttons.", this.#choice.buttons, captions)),
    );
  }

  #chosen() {
    storeOverlay(queryOf(this.#choice));
    this.#changed();
    this.#show();
  }

  /** Anew: the overlay reads its options once. */
  #show() {
    this.#link.field.value = this.#url.value;
    const query = new URLSearchParams(storedOverlay());
    query.set("preview", "1");
    this.#frame.src = `/overlay/${this.#roomId}?${query}`;
  }

  #fit() {
    this.#frame.style.transform = `scale(${this.#screen.clientWidth / WIDTH})`;
  }
}

const percents = (shares) => Object.fromEntries(shares.map((share) => [share, `${share} %`]));

function group(caption, rows) {
  return element("fieldset", "", element("legend", "", caption), ...rows);
}
