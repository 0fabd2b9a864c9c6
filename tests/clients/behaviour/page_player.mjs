/** Plays the console's stand-in in the cases beside this file: see cases.py for the words. */
import { createInterface } from "node:readline/promises";
import { mock } from "node:test";

import { GameSocket } from "../../../api_service/pages/web/console/game/game_socket.js";

const START = 1_700_000_000_000;
const FRAME = 50; // ms
const FINAL = ["room_not_found", "room_over", "forbidden"];
const GONE = ["room_not_found", "room_over"];

mock.timers.enable({ apis: ["setTimeout", "Date"], now: START });
const settled = () => new Promise(setImmediate);
const at = () => ((Date.now() - START) / 1000).toFixed(2);
const print = (...words) => console.log(words.join("\t"));
const hear = (...words) => print("heard", at(), ...words);

class Socket {
  static OPEN = 1;
  readyState = 0;
  lastPing = "null";

  constructor(url, subprotocols) {
    sockets.push(this);
    this.number = sockets.length;
    print("opened", at(), this.number, url, subprotocols.join(","));
  }

  send(text) {
    if (JSON.parse(text).type === "ping") this.lastPing = JSON.stringify(JSON.parse(text).t ?? null);
    print("sent", at(), this.number, text);
  }

  close(code = 1005) {
    if (this.readyState > 1) return;
    this.readyState = 2;
    print("closed", at(), this.number, code);
  }

  accept() {
    if (this.readyState > 0) return;
    this.readyState = 1;
    this.onopen();
  }

  say(text) {
    this.accept();
    try {
      this.onmessage({ data: text.replace('"$ping"', this.lastPing) });
    } catch {
      // A browser reports the mistake of a handler, and goes on.
    }
  }

  end(code) {
    this.readyState = 3;
    this.onclose({ code });
  }
}

globalThis.WebSocket = Socket;
let sockets, awaited, game, why;

function begin(name) {
  game?.close();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: START });
  [sockets, awaited, why] = [[], 0, null];
  print("case", name);
  game = new GameSocket({
    ...{ url: "ws://gateway/ws-unity", roomId: "R", token: "T", whyRefused: async () => why },
    opened: () => hear("room_ready"),
    lost: () => hear("away"),
    ended: (reason) => (GONE.includes(reason) ? hear("room_gone") : hear("stopped", reason)),
  });
}

async function pass(seconds, until = () => false) {
  for (let left = Number(seconds) * 1000; left > 0 && !until(); left -= FRAME) {
    mock.timers.tick(Math.min(FRAME, left));
    await settled();
  }
}

const ACTIONS = {
  case: (name, ...options) => {
    begin(name);
    const luck = options.find((each) => each.startsWith("luck="));
    Math.random = () => (luck ? Number(luck.slice(5)) : 1);
  },
  game: (call) => game[call](),
  socket: async (within) => {
    await pass(within, () => sockets.length > awaited);
    if (sockets.length > awaited) awaited += 1;
  },
  pass,
  accept: (number) => sockets[number - 1].accept(),
  say: (number, text) => sockets[number - 1].say(text),
  close: (number, code) => sockets[number - 1].end(Number(code)),
  // Browsers do not tell a page how a handshake failed; the console asks the API.
  refuse: (number, _status, code) => {
    why = FINAL.find((each) => each === code) ?? (code === "invalid_token" ? "forbidden" : null);
    sockets[number - 1].end(1006);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [action, ...words] = line.split("\t");
  try {
    await ACTIONS[action](...words);
  } catch (problem) {
    // After what the case does not expect, there may be no such socket: the other cases go on.
    hear("broken", problem.message);
  }
  for (let n = 0; n < 5; n += 1) await settled();
  print("done", at());
}
