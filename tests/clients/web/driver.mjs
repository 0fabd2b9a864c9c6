/**
 * A room of the web client in a process of its own, driven by lines of JSON: `[number, method, ...arguments]` comes in,
 * `{reply, value}` or `{reply, error}` goes out, and in between `{state}`, `{tipped}` and `{refusal}` as they happen.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { Room } from "../../../clients/web/streamario.js";

const { roomId, storage, ...options } = JSON.parse(process.argv[2]);
const room = new Room(roomId, { ...options, ...(storage && { storage: fileStorage(storage) }) });
const lines = createInterface({ input: process.stdin });

function fileStorage(path) {
  const kept = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  const write = () => {
    writeFileSync(`${path}.new`, JSON.stringify(kept));
    renameSync(`${path}.new`, path); // Atomic, even if the process crashes.
  };
  return {
    getItem: (name) => kept[name] ?? null,
    setItem: (name, value) => {
      kept[name] = value;
      write();
    },
    removeItem: (name) => {
      delete kept[name];
      write();
    },
  };
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function obey([reply, method, ...given]) {
  try {
    say({ reply, value: (await room[method](...given)) ?? null });
  } catch ({ message, code = "", status = 0 }) {
    say({ reply, error: { message, code, status } });
  }
  // From now on only the room could keep the process alive.
  if (method === "close") lines.close();
}

room.on("change", (state) => say({ state }));
room.on("tipped", (tipped) => say({ tipped }));
room.on("error", ({ code, status, message }) => say({ refusal: { message, code, status } }));
lines.on("line", (line) => obey(JSON.parse(line)));
