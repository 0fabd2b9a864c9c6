import { element } from "../../common/elements.js";
import { shared } from "../../streamario/timing.js";
import { Attempts } from "./attempts.js";
import { labelled } from "../parts.js";
import { nameField } from "./setup_dialog.js";
import { Setups } from "./setups.js";

/** The setups, beside a room's settings: these can be saved as one. */
export class RoomSetups {
  #texts;
  #api;
  #isDirty;
  #setups;
  #attempts;
  #name = nameField();

  /** `isDirty()`: there are edits that the room does not have yet; `open(settings)` opens a room. */
  constructor(root, { texts, languages, api, isDirty, open }) {
    this.#texts = texts;
    this.#api = api;
    this.#isDirty = isDirty;
    this.#attempts = new Attempts(texts);
    const form = element(
      "form",
      "setup-form",
      labelled(texts.setup_name, this.#name),
      element("button", "button", texts.save_setup),
      this.#attempts.node,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    const heading = element("h2", "", texts.setups);
    root.append(heading, element("p", "soft", texts.setups_explanation), form);
    this.#setups = new Setups(root, { texts, languages, open, emptyNote: texts.no_setups_in_room });
  }

  /** List them; a new one would be named as the room is. */
  show(title) {
    this.#name.value ||= title;
    return this.#setups.show();
  }

  /** A second press while one is under way saves no second setup. */
  #save = shared(async () => {
    const name = this.#name.value.trim();
    if (!name) return;
    if (this.#isDirty()) return this.#attempts.say(this.#texts.save_settings_first);
    await this.#attempts.to(async () => {
      const { settings } = await this.#api.readRoom();
      await this.#setups.save(name, settings);
    });
  });
}
