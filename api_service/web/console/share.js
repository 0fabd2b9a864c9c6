import { partsOf } from "./parts.js";

const THIS_MACHINE = /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/;

/** How viewers and the stream get to the room: QR code, links, and whether a phone can follow. */
export class Share {
  #texts;
  #parts;
  #big = partsOf(document.getElementById("big-code"));

  constructor(root, texts) {
    this.#texts = texts;
    this.#parts = partsOf(root);
    this.#parts.enlarge.addEventListener("click", () => {
      document.getElementById("big-code").showModal();
    });
    for (const button of root.querySelectorAll("[data-copies]")) {
      button.addEventListener("click", () => this.#copy(this.#parts[button.dataset.copies]));
    }
  }

  show({ room_id: roomId, web_url: webUrl, ws_url: wsUrl }) {
    const parts = this.#parts;
    for (const code of [parts.code, this.#big.code]) {
      code.src = `/play/${roomId}/qr.svg`;
      code.alt = this.#texts.code_of(webUrl);
    }
    this.#big.address.textContent = webUrl;
    parts["viewer-link"].value = webUrl;
    parts.open.href = webUrl;
    parts["overlay-link"].value = `${location.origin}/overlay/${roomId}`;
    this.#warn(new URL(webUrl), new URL(wsUrl));
  }

  /** A link to this machine is of no use on a phone: say so, and what to set. */
  #warn(web, ws) {
    const { unreachable, host, remedy } = this.#parts;
    unreachable.hidden = !THIS_MACHINE.test(web.hostname);
    host.textContent = this.#texts.unreachable(web.hostname);
    remedy.replaceChildren(
      ...setting("PUBLIC_API_URL", web),
      "\n",
      ...setting("PUBLIC_WS_URL", ws),
    );
  }

  async #copy(field) {
    const copied = await copy(field);
    this.#parts.copied.textContent = copied ? this.#texts.copied : this.#texts.copy_yourself;
  }
}

/** A line for `.env`, which breaks after its equals sign where it must. */
function setting(name, { protocol, port }) {
  const address = `${protocol}//192.168.x.y${port && `:${port}`}`;
  return [`${name}=`, document.createElement("wbr"), address];
}

/** Copy a field's text; pages over plain HTTP have no clipboard of their own. */
async function copy(field) {
  field.select();
  if (!navigator.clipboard) return document.execCommand("copy");
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
