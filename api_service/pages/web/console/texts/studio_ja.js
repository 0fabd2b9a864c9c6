import { grouped } from "../../common/languages.js";

/** セットアップと、これまでのルームについての日本語。 */
export const studioInJapanese = {
  // What a new room begins with.
  begin_with: "使うセットアップ",
  last_setup: "前回のルームと同じ",
  default_setup: "Streamario の初期設定",
  begin_hint: "ボタン、必要な回数、タイトルなどです。ルームを開いたあとでも変更できます。",

  // Setups.
  setups: "セットアップ",
  setups_explanation: "セットアップは、ルームの設定のコピーです。ルームがなくなっても残ります。",
  no_setups: "セットアップはまだありません。ルームの「設定」で保存できます。",
  no_setups_in_room: "セットアップはまだありません。上で名前を付けると、このルームの設定を保存できます。",
  setup_name: "セットアップの名前",
  save_setup: "セットアップとして保存",
  setup_saved: (name) => `「${name}」として保存しました。`,
  save_settings_first: "先にルームの設定を保存してください。セットアップは、保存した設定のコピーです。",
  setup_facts: (buttons, date) => `ボタン ${buttons} 個 · ${date}`,
  open_with: "新しいルームで開く",
  change_setup: (name) => `${name} の名前の変更・複製・書き出し・削除`,
  rename: "名前を変更",
  duplicate: "複製",
  export: "書き出す",
  file_has_words: "このファイルには、追加した「隠す言葉」も入っています。ファイルを受け取った人は読めます。",
  delete: "削除",
  delete_question: (name) => `「${name}」を削除しますか？`,
  delete_explanation: "このセットアップで開いたルームの設定は変わりません。",
  replace: "置き換える",
  replace_question: (name) => `「${name}」を置き換えますか？`,
  replace_explanation: "同じ名前のセットアップがあります。その内容が、このルームの設定になります。",
  import: "読み込む",
  setup_imported: "読み込みました。",
  wrong_file: (field, message) => {
    if (!field) return "セットアップのファイルではありません。「⋯」から書き出したファイルを選んでください。";
    return `このファイルは使えません。正しくない項目：${field}${message ? `（${message}）` : ""}`;
  },
  wrong_field: (field, message) => `保存できませんでした。${field}：${message}`,

  // On another computer.
  elsewhere: "ほかのパソコンで使う",
  elsewhere_explanation: "ほかのパソコンでこのリンクを開くか、コードを読み取ると、同じセットアップを使えます。",
  elsewhere_warning: "このリンクを知っている人は、セットアップを見たり変更したりできます。配信画面にも映さず、誰にも見せないでください。",
  elsewhere_link: "セットアップのリンク",
  elsewhere_code: "セットアップのリンクの QR コード",
  adopt: "置き換える",
  adopt_question: "このブラウザーのセットアップを置き換えますか？",
  adopt_explanation:
    "このブラウザーには、今のものの代わりにリンク先のセットアップが表示されます。これから保存するものはすべて、" +
    "リンクを知っている人が見たり変更したりできます。今のものを残すには、先に書き出すか、リンクを控えてください。",
  adopted: "リンク先のセットアップを使えるようになりました。",
  link_not_whole: "リンクが途中で切れています。ほかのパソコンでもう一度コピーしてください。",
  studio_away: "今は、セットアップとこれまでのルームを読み書きできません。失われるものはありません。少し待ってお試しください。",
  studio_refused:
    "このブラウザーのセットアップ用のキーが、サーバーで使えません。ほかのパソコンのリンクを開くか、新しく始めてください。",
  studio_needs_game_key: "先にゲームキーが必要です。退出して、ゲームキーで新しいルームを開いてください。",
  anew: "新しく始める",
  anew_question: "セットアップなしで始めますか？",
  anew_explanation: "これまでのセットアップのキーを、このブラウザーから消去します。リンクがなければ、誰もそのセットアップを開けなくなります。",

  // Earlier rooms.
  history: "これまでのルーム",
  no_rooms: "ルームはまだありません。ここで開いたルームとラウンドが表示されます。",
  earlier_rooms: "さらに前のルームを表示",
  no_rounds: "ラウンドはありませんでした。",
  round_number: (round) => `ラウンド ${round}`,
  round_facts: ({ presses: count, triggers }, lasted) =>
    [
      lasted || "進行中",
      `${grouped(count)} 回`,
      `トリガー ${grouped(triggers)} 件`,
    ].join(" · "),
  round_of: (round, title) => `ラウンド ${round}：${title}`,
  room_again: "同じ設定で開く",
  take_off: "一覧から消す",
  forget_room: (title) => `「${title}」を一覧から消しますか？`,
  forget_room_explanation: "「これまでのルーム」に表示されなくなります。ルームとセットアップはそのまま残ります。",
  minutes_label: "1 分ごとに押された回数（ボタン別）です。下の表に同じ数値があります。",
  top_of_chart: (count, minutes) => `縦軸の最大：${minutes} 分に ${grouped(count)} 回`,
  first_triggers: (count) => `最初の ${count} 件を表示しています。続きはファイルで確認できます。`,
  as_table: "表で見る",
  downloads: "ファイルに保存",
  csv_of: {
    totals: "ボタン別（CSV）",
    viewers: "ランキング（CSV）",
    triggers: "トリガー（CSV）",
    presses: "押された回数（CSV）",
  },
  json_of_all: "すべて（JSON）",
};
