/** What the server says of a wrong setting (`shared/wire/room_settings.py`), and how Japanese has it. */
const SENTENCES = [
  [/^must be an integer from (\d+) to (\d+)$/, "$1〜$2 の整数にしてください"],
  [/^must be text of at most (\d+) characters/, "$1 文字以内にしてください（制御文字は使えません）"],
  [/^must be a list of (\d+) to (\d+) entries$/, "$1〜$2 個にしてください"],
  [/^must be 1 to 32 of a-z.*$/, "a-z で始まる、a-z・0-9・_ の 1〜32 文字にしてください"],
  [/^must be a colour.*$/, "「#3b82f6」のような色にしてください"],
  [/^must be a number above 0 and at most 1000$/, "0 より大きく 1000 以下の数にしてください"],
  [/^must not be above max$/, "最大を超えられません"],
  [/^must differ from every other button's$/, "ほかのボタンと重複しています"],
  [/^must be above the one before it$/, "前の行より大きくしてください"],
  [/^is missing$/, "入力してください"],
];

/** The sentence in Japanese, or as it came where it is not known here. */
export function problemInJapanese(message) {
  const [pattern, sentence] = SENTENCES.find(([known]) => known.test(message)) ?? [];
  return pattern ? message.replace(pattern, sentence) : message;
}
