import { onChange } from "../common/elements.js";
import { publicPlace } from "../common/urls.js";

/** How viewers get to the room, as long as it has a code: by typing that, or by a QR code. */
export class Invitation {
  #code = document.getElementById("code");
  #qr = document.getElementById("qr");
  #roomId;
  #options;

  constructor(roomId, options) {
    this.#roomId = roomId;
    this.#options = options;
  }

  show = onChange((code) => {
    const { shown } = this.#options;
    if (shown.has("code")) this.#showCode(code);
    if (shown.has("qr")) this.#showQr(code);
  });

  /** Where to type the code: by a name that viewers can reach, whatever OBS calls this machine. */
  #showCode(code) {
    const [where, letters] = this.#code.children;
    where.textContent = publicPlace("/j");
    letters.textContent = code;
    this.#code.hidden = !code;
  }

  #showQr(code) {
    const [picture] = this.#qr.children;
    if (code) picture.src = `/play/${this.#roomId}/qr.svg`;
    this.#qr.hidden = !code;
  }
}
