import { onChange } from "../../common/elements.js";
import { publicPlace } from "../../common/urls.js";
import { imageOf, themeOf } from "../../common/look.js";
import { copy } from "./copying.js";
import { partsOf } from "../parts.js";

const SAID_FOR = 3_000; // ms
const THIS_MACHINE = /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/;

/** How viewers and the stream get to the room: QR code, links, and whether a phone can follow. */
export class Share {
  #texts;
  #parts;
  #big = partsOf(document.getElementById("big-code"));
  #lastSaid;
  #silence = null;

  /** Show the room's code, once it is known; null for none. */
  showCode = onChange((code) => {
    for (const { short } of [this.#parts, this.#big]) {
      const [where, letters] = short.children;
      where.textContent = this.#texts.go_to(publicPlace("/j"));
      letters.textContent = code;
      short.hidden = !code;
    }
  });

  #wear = themeOf(document.getElementById("big-code"));
  #setLogo = imageOf(this.#big.logo);

  /** The large code is for others to see: it wears the room's theme. */
  showTheme(theme) {
    this.#wear(theme);
    this.#setLogo(theme.logo);
  }

  constructor(root, texts) {
    this.#texts = texts;
    this.#parts = partsOf(root);
    this.#lastSaid = this.#parts["viewer-link-copied"];
    this.#parts.enlarge.addEventListener("click", () => {
      document.getElementById("big-code").showModal();
    });
    for (const button of root.querySelectorAll("[data-copies]")) {
      button.addEventListener("click", () => this.#copy(button));
    }
  }

  show({ room_id: roomId, web_url: webUrl, ws_url: wsUrl }) {
    const parts = this.#parts;
    for (const code of [parts.code, this.#big.code]) {
      code.src = `/play/${roomId}/qr.svg`;
      code.alt = this.#texts.code_of(webUrl);
    }
    this.#big.address.replaceChildren(...breakable(webUrl, roomId));
    parts["viewer-link"].value = webUrl;
    parts.open.href = webUrl;
    this.#warn(roomId, new URL(webUrl), new URL(wsUrl));
  }

  /** `overlay` is an `OverlayUrl`. */
  showOverlay({ value, lasts }) {
    this.#parts["overlay-link"].value = value;
    this.#parts["overlay-lasts"].hidden = !lasts;
  }

  /** A link to this machine is of no use on a phone: say so, and what to set. */
  #warn(roomId, web, ws) {
    const { unreachable, host, remedy } = this.#parts;
    unreachable.hidden = !THIS_MACHINE.test(web.hostname);
    host.textContent = this.#texts.unreachable(web.hostname);
    const isOwn = web.pathname === `/play/${roomId}` && web.port === location.port;
    remedy.replaceChildren(...(isOwn ? ownPage(ws) : anotherPage(web, roomId)));
  }

  /** Copy a field, and say so beside the button for a while. */
  async #copy(button) {
    const { copies } = button.dataset;
    const copied = await copy(this.#parts[copies]);
    const said = this.#parts[`${copies}-copied`];
    clearTimeout(this.#silence);
    this.#lastSaid.textContent = "";
    this.#lastSaid = said;
    said.textContent = copied ? this.#texts.copied : this.#texts.copy_yourself;
    this.#silence = setTimeout(() => (said.textContent = ""), SAID_FOR);
  }
}

/** What to set where this API serves the viewers' page. */
function ownPage(ws) {
  const api = new URL(location.origin);
  const settings = [["PUBLIC_API_URL", reachable(api)], ["PUBLIC_WS_URL", reachable(ws)]];
  return settings.flatMap(line);
}

/** What to set where the viewers' page is somebody's own, which `WEB_URL` names. */
function anotherPage(web, roomId) {
  const page = `${reachable(web)}${web.pathname}${web.search}`.replaceAll(roomId, "{room_id}");
  const settings = [["WEB_URL", page], ["FRONTEND_URL", reachable(web)]];
  return settings.flatMap(line);
}

/** An origin by the address that the network has for this machine. */
const reachable = ({ protocol, port }) => `${protocol}//192.168.x.y${port && `:${port}`}`;

/** An address that may break before the room's id, and nowhere else. */
function breakable(address, roomId) {
  const [before, ...after] = address.split(roomId);
  return [before, document.createElement("wbr"), [roomId, ...after].join("")];
}

/** A line for `.env`, which breaks after its equals sign where it must. */
const line = ([name, value]) => [`${name}=`, document.createElement("wbr"), `${value}\n`];
