import { element } from "../../common/elements.js";
import { publicUrl } from "../../common/urls.js";
import { confirmed } from "../confirm.js";
import { buttonOf, say } from "../parts.js";
import { linkToCopy } from "../share/copying.js";

/** Links for those who help to moderate: make one, copy it, revoke it. */
export class Moderators {
  #api;
  #roomId;
  #texts;
  #languages;
  #link;
  #made;
  #list = element("ul", "tokens");
  #refusal = element("p", "refusal");
  #make;
  #turn = Promise.resolve();

  constructor(panel, { api, roomId, texts, languages }) {
    this.#api = api;
    this.#roomId = roomId;
    this.#texts = texts;
    this.#languages = languages;
    this.#link = linkToCopy(texts, "small");
    this.#make = buttonOf("", texts.make_link, () => this.#ask(() => this.#makeLink()));
    this.#made = this.#furnishLink();
    this.#refusal.setAttribute("role", "alert");
    this.#refusal.hidden = true;
    panel.append(this.#section());
  }

  /** Show the links that are valid now. */
  open() {
    this.#ask(() => this.#refresh());
  }

  #section() {
    const heading = element("h2", "", this.#texts.moderators);
    heading.id = "moderators-heading";
    const explanation = element("p", "soft", this.#texts.moderators_explanation);
    const actions = element("p", "actions", this.#make);
    const parts = [heading, explanation, this.#list, actions, this.#made, this.#refusal];
    return element("section", { class: "card narrow moderators", "aria-labelledby": heading.id }, ...parts);
  }

  #furnishLink() {
    const { field, button, said } = this.#link;
    const label = element("label", "", this.#texts.moderator_link);
    label.htmlFor = field.id = "moderator-link";
    const hint = element("span", "hint", this.#texts.moderator_link_hint);
    hint.id = "moderator-link-hint";
    field.setAttribute("aria-describedby", hint.id);
    const actions = element("p", "actions", button, said);
    return element("div", { class: "link", hidden: true }, label, field, hint, actions);
  }

  async #makeLink() {
    const { token } = await this.#api.makeToken();
    const { field, said } = this.#link;
    field.value = publicUrl(`/moderate/${this.#roomId}#${token}`);
    said.textContent = "";
    this.#made.hidden = false;
    await this.#refresh();
    field.select();
  }

  async #refresh() {
    const { tokens } = await this.#api.tokens();
    this.#list.replaceChildren(...tokens.map((token) => this.#entryOf(token)));
  }

  #entryOf({ token_id: id, expires_at: expiry }) {
    const { link_until: until, revoke, action_on: actionOn } = this.#texts;
    const day = new Date(expiry).toLocaleDateString(this.#languages[0], {
      month: "short",
      day: "numeric",
    });
    const name = until(id.slice(-4), day);
    const button = buttonOf("small", revoke, () => this.#revoke(id, name));
    button.setAttribute("aria-label", actionOn(revoke, name));
    return element("li", "", element("span", "", name), button);
  }

  async #revoke(id, name) {
    const { revoke, revoke_question: question, revoke_explanation: explanation } = this.#texts;
    if (!(await confirmed(question(name), explanation, revoke))) return;
    await this.#ask(async () => {
      await this.#api.revokeToken(id);
      if (this.#link.field.value.includes(id)) this.#made.hidden = true;
      await this.#refresh();
    });
    this.#make.focus();
  }

  /** Ask the server one thing at a time, and say what it refused. */
  #ask(request) {
    this.#turn = this.#turn.then(() => this.#try(request));
    return this.#turn;
  }

  async #try(request) {
    try {
      await request();
      say(this.#refusal, "");
    } catch (refusal) {
      say(this.#refusal, this.#texts.refused(refusal));
    }
  }
}
