/** Names of setups, which the server cleans before it stores them. No DOM here. */
export const LONGEST_NAME = 60; // code points

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Variation_Selector}]/gu;

export const isSameName = (one, other) => keyOf(one) === keyOf(other);

/** The name, with a number where it is taken. */
export function freeName(name, taken) {
  const keys = new Set(taken.map(keyOf));
  let free = name;
  for (let number = 2; keys.has(keyOf(free)); number++) free = numbered(name.trim(), ` ${number}`);
  return free;
}

/** The same for all names that are stored as one. The server keeps what makes an emoji; that tells no two apart. */
function keyOf(name) {
  const visible = name.replace(INVISIBLE, "").replace(/\p{Zs}/gu, " ").normalize("NFC");
  return cut(visible.replaceAll("<", "＜").replaceAll(">", "＞").trim(), LONGEST_NAME);
}

/** The number stays where the server cuts the name. */
const numbered = (name, number) => cut(name, LONGEST_NAME - number.length) + number;

const cut = (name, length) => [...name].slice(0, length).join("").trimEnd();
