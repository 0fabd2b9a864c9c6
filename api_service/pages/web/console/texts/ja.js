import { errorIn } from "../../common/errors.js";
import { grouped } from "../../common/languages.js";
import { refusedIn } from "./refusals.js";
import { lookInJapanese } from "./look_ja.js";
import { overlayInJapanese } from "./overlay_ja.js";
import { moderationInJapanese } from "./moderation_ja.js";
import { pictureInJapanese } from "./picture_ja.js";
import { soundInJapanese } from "./sound_ja.js";
import { studioInJapanese } from "./studio_ja.js";

/** コンソールの日本語。`texts/en.js` と同じ名前を持ちます。 */
export const ja = {
  ...lookInJapanese,
  ...overlayInJapanese,
  ...moderationInJapanese,
  ...pictureInJapanese,
  ...soundInJapanese,
  ...studioInJapanese,
  console: "Streamario コンソール",
  leave: "退出",
  cancel: "キャンセル",
  close: "閉じる",
  untitled: "タイトルなしのルーム",

  // Start.
  stored_heading: "ルームを続ける",
  stored_hint: "最近使ったルームが、10 件までこのブラウザーに保存されます。",
  go_on: "続ける",
  forget: "破棄する",
  forget_question: (title) => `「${title}」を破棄しますか？`,
  forget_explanation: "トークンはこのブラウザーにしかありません。破棄すると、誰も操作できなくなります。",
  leave_question: "ルームから退出しますか？",
  leave_running:
    "ラウンドが進行中です。退出すると、5 分後に自動的に終わります。" +
    "7 日以内なら、このルームに戻れます。",
  leave_unsaved: "保存していない設定は失われます。",
  open_heading: "新しいルームを開く",
  open_explanation: "このページがゲームの代わりになります。Unity は不要です。",
  title: "タイトル",
  title_hint: "視聴者のページの上部に表示されます。あとから変更できます。",
  game_key: "ゲームキー",
  game_key_hint: "サーバーの管理者に確認してください（GAME_KEYS）。ウィンドウを閉じると消去されます。",
  open_room: "ルームを開く",
  how_heading: "使い方",
  how_open: "ルームを開くと、専用のリンクと QR コードができます。",
  how_share: "視聴者はスマートフォンでコードを読み取り、開始を待ちます。",
  how_play: "ラウンドを開始します。視聴者がボタンを押し、満タンになると、ゲームのときと同じように、トリガーがここに届きます。",

  // Board.
  status: "ラウンド",
  viewers: "視聴者",
  viewers_active: "視聴者（30 秒以内）",
  triggers: "トリガー",
  connection: "接続",
  round_controls: "ラウンドの操作",
  start_round: "ラウンドを開始",
  next_round: "次のラウンドを開始",
  pause: "一時停止",
  resume: "再開",
  stop: "止めて破棄",
  stopped: "止めました。たまった分は破棄しました。再開までに押された分も破棄します。",
  stopping: "止めました。何も発動しません。たまった分は再開するときに破棄します。",
  pace_needed: (count) => `視聴者が ${grouped(count)} 人います。間隔を決めていないボタンは、1 秒に何度も発動することがあります。`,
  set_pace: "1 分に 12 回にする",
  pace_after_edits: "先に、「設定」の変更を保存するか破棄してください。",
  end_round: "ラウンドを終了",
  end_question: "ラウンドを終了しますか？",
  end_explanation: "これ以降に押した分は数えられず、全員に結果が表示されます。",
  reset_counts: "カウントをリセット",
  reset_question: "すべてのカウントをリセットしますか？",
  reset_explanation: "すべてのボタンが 0 に戻ります。発動済みのトリガーは変わりません。",
  take_back: "操作を取り戻す",
  hide_names: "名前をすべて隠す",
  show_all_names: "名前の表示に戻す",
  names_hidden: "視聴者の名前は、視聴者のページ、オーバーレイ、ゲームのどこにも表示されません。",
  round_minutes: "タイマー（分）",
  set_timer: "設定",
  clear_timer: "削除",
  round_ends_in: (left, limit) => `終了まで ${left}（設定 ${limit}）`,
  round_will_last: (left) => `ラウンドは ${left} で終了`,
  minutes_problem: "0 より大きく 600 以下の数にしてください。",
  keys: "キー操作",
  key_pause: "一時停止・再開",
  key_test: "選んだボタンをテスト（行をクリックして選びます）",
  use_keys: "キーで操作する（入力中は働きません）",
  phases: {
    loading: () => "読み込み中…",
    missing: () => "ルームが見つかりません",
    active: () => "開始前",
    running: (round) => `ラウンド ${round} 進行中`,
    paused: (round) => `ラウンド ${round} 一時停止中`,
    ended: (round) => `ラウンド ${round} 終了`,
  },
  connections: {
    connecting: "接続しています…",
    open: "接続済み",
    waiting: "再接続しています…",
    ended: "未接続",
  },
  /** Why the game's socket ended where no error says it. */
  reasons: {
    left: "",
    moved_on: "サーバーが接続を閉じました。再接続しています。",
    lost: "接続が切れました。再接続中です。失われるものはありません。",
    silent: "サーバーから応答がありません。再接続中です。失われるものはありません。",
    refused: "サーバーに接続できません。再接続中です。失われるものはありません。",
  },
  /** What follows such an error. */
  follows: {
    going_away: "再接続中です。失われるものはありません。",
    replaced: "ここでは表示だけ続けます。",
    forbidden: "退出して、新しいルームを開いてください。",
    room_not_found: "退出して、新しいルームを開いてください。",
    room_over: "退出して、新しいルームを開いてください。",
  },
  ended: (reason) => ja.reasons[reason] ?? errorIn("ja", reason) + (ja.follows[reason] ?? ""),

  offline: "サーバーに接続できません。押しても届かず、カウントの表示が古いままになることがあります。",

  // Views.
  views: "表示の切り替え",
  live: "ライブ",
  settings: "設定",
  results: "結果",

  // Sharing.
  share_heading: "視聴者を招待",
  enlarge_code: "QR コードを大きく表示",
  code_of: (url) => `${url} の QR コード`,
  go_to: (url) => `または ${url} を開いて入力`,
  viewer_link: "視聴者用リンク",
  overlay_link: "OBS 用オーバーレイ",
  copy: "コピー",
  open: "開く",
  copied: "コピーしました。",
  copy_yourself: "選択しました。Ctrl+C でコピーしてください。",
  unreachable: (host) => `${host} はスマートフォンから開けません。`,
  remedy: "このパソコンの IP アドレスを設定して、Streamario を起動し直してください。",

  // Presses.
  presses_heading: "押された回数",
  chart_label: "直近 5 分間に押された回数（ボタン別）です。下の表に同じ数値があります。",
  presses_a_second: (presses) => `縦軸の最大：1 秒に ${grouped(presses)} 回`,
  five_minutes_ago: "5 分前",
  five_minutes: "−5 分",
  now: "現在",
  presses_table: "1 分ごとの回数",
  buttons: "ボタン",
  button: "ボタン",
  progress: "次のトリガーまで",
  progress_of: (label) => `${label}、次のトリガーまで`,
  presses: "回数",
  unavailable: (reason) => (reason ? `今は使えません：${reason}` : "今は使えません"),
  ready_in: (seconds) => `あと ${seconds} 秒`,
  lasting: (count, seconds) =>
    count > 1 ? `効果中 ×${count} · 残り ${seconds} 秒` : `効果中 · 残り ${seconds} 秒`,
  test: "テスト",
  test_of: (label) => `テスト：${label}`,
  tester: "テスト",
  /** What came of a button's test. */
  tested: (label, { fired, pressed, left, why }) => {
    if (fired) return `${label}：発動しました。`;
    if (why !== "rate") return `${label}：発動しませんでした（${ja.untested[why] ?? ja.untested.clamp}）。`;
    return `${label}：${pressed} 回押しました。あと ${left} 回です。1 人で押せる速さには上限があります。3 秒後にもう一度テストしてください。`;
  },
  /** Why a test's presses were refused. */
  untested: {
    over: "ラウンドは終わりました",
    paused: "一時停止中です",
    cooldown: "クールダウン中です",
    pace: "満タンですが、まだ順番ではありません",
    disabled: "無効になっています",
    blocked: "テスト用の視聴者がブロックされています",
    unavailable: "今はゲームで使えません",
    clamp: "混み合っています",
  },
  /** Why there are no tests now. */
  untestable: {
    active: "ラウンドを開始すると試せます。",
    paused: "再開すると試せます。",
    ended: "次のラウンドを開始すると試せます。",
  },
  crowd: "20 人で試す",
  crowd_member: (n) => `お試し ${n}`,
  stop_crowd: (seconds) => `やめる（残り ${seconds} 秒）`,
  crowd_question: "このラウンドを 20 人で試しますか？",
  crowd_explanation: (count) =>
    `視聴者が ${grouped(count)} 人います。1 分ほど必要な回数が増え、20 人が押した分も数えられます。`,
  trials_note:
    "「テスト」では、足りない回数をテスト用の視聴者 1 人が押します。「20 人で試す」では、20 人が 15 秒間押します。" +
    "どちらもラウンドと結果に数えられます。",

  // Feed.
  feed_heading: "トリガー",
  details: "詳細",
  filter: "表示するトリガー",
  all_buttons: "すべてのボタン",
  received: "受信",
  delay_of_half: "遅延：半数が",
  delay_of_most: "95 % が",
  within: (ms) => `${ms} ms 以内`,
  round_trip: "Ping",
  feed_empty: "まだトリガーはありません。ラウンドを開始して、スマートフォンでボタンを押してみてください。",
  feed_empty_here: "このウィンドウに届いたトリガーはありません。",
  newer: (count) => `↑ 新着 ${count} 件`,
  time: "時刻",
  who: "押した人",
  number: "番号",
  latency: "遅延",
  replayed: "再送",
  outcomes: {
    started: () => "効果中",
    done: () => "成功",
    failed: (reason) => (reason ? `不発：${reason}` : "不発"),
  },
  measured: (offset, uncertainty) =>
    "遅延は、トリガーが発動してからここに届くまでの時間です。" +
    `サーバーとこのブラウザーの時計の差 ${offset} ms（誤差 ±${uncertainty} ms）を補正しています。` +
    "「半数」と「95 %」は直近 1,000 件の値で、再送分は含みません。",
  gap: (seq) => `サーバーのデータが失われました。トリガーは #${seq} の次から続きます。`,
  missing: (from, to) => `#${from} から #${to} までのトリガーは届きませんでした。`,
  not_recovered: "サーバーの記録の一部が失われました。以前と同じ番号が再び現れることがあります。",

  // Viewers.
  viewers_heading: "よく押している視聴者",
  viewers_explanation: "このラウンドの上位 100 人です。ブロックした視聴者が押しても数えられず、名前も表示されません。",
  viewers_empty: "このラウンドでは、まだ誰も押していません。",
  name: "名前",
  viewer_id: "ID",
  nameless: (id) => `名無しさん …${id}`,
  person: "隠す・ブロック",
  person_of: (name) => `${name} を隠す・ブロックする`,
  unnamed: "名前のない視聴者",
  unknown_person:
    "このトリガーは誰かが押して発動したものではないか、10 分以上前のものです。押した人は「視聴者」で確認できます。",
  blocked_already: "この視聴者はブロック済みです。",
  block: "ブロック",
  blocked: "ブロック済み",
  unblock: "ブロックを解除",
  unblock_who: (name) => `${name} のブロックを解除`,
  block_who: (name) => `${name} をブロック`,
  block_question: (name) => `${name} をブロックしますか？`,
  block_explanation: "これ以降に押した分は、このルームでは数えられません。それまでの分は結果に残ります。あとで解除できます。",

  // Results.
  results_empty: "ラウンドが終わると、ここに結果が表示されます。",
  results_of: (round) => `ラウンド ${round} の結果`,
  top_overall: "最も多く押した人",
  top_skill: "スキルを最も多く押した人",
  top_enemy: "敵を最も多く押した人",
  nobody: "該当なし",
  presses_of: (count) => `${grouped(count)} 回`,
  in_brackets: (count) => `（${grouped(count)}）`,
  totals_heading: "ボタン別の回数",
  most_by: "最も多く押した人",
  outcomes_heading: "ゲームでの結果",
  outcome_done: "成功",
  outcome_failed: "不発",
  outcome_returned: "戻った回数",
  ranking_heading: "ランキング",
  results_pending: "最後に押された分を集計しています…",

  // Settings.
  general: "全般",
  triggers_per_minute: "1 分あたりの発動",
  triggers_per_minute_hint: "視聴者の人数にかかわらず、全ボタンの合計です。0 なら、押された分だけ発動します。",
  show_names: "トリガーに視聴者の名前を表示する",
  on_disconnect: "ゲームが接続していない間のトリガー",
  on_disconnect_choices: {
    fire: "発動し、接続後に届ける",
    hold: "止める（ボタンは一時停止）",
  },
  starts: "最初のラウンドの始まり",
  starts_choices: {
    game: "この画面かゲームで開始したとき",
    press: "最初に押されたとき",
  },
  starts_hint: "どちらの場合も、ゲームの接続が必要です。",
  more: "詳しい設定",
  button_name: "名前",
  also_called: (name) => `英語の視聴者には「${name}」と表示されます（詳しい設定）。`,
  nameless_button: (type) => `名前がないと、視聴者には ID「${type}」が表示されます。`,
  event_type: "ID（ゲームに届く名前）",
  caption_ja: "日本語の名前",
  caption_en: "英語の名前",
  icon: "アイコン（絵文字 1 つ）",
  icon_problem: "絵文字 1 つにするか、空にしてください。",
  color: "色",
  team: "チーム",
  teams: { skill: "スキル", enemy: "敵", "": "なし" },
  base: "基準（回）",
  min: "最小（回）",
  max: "最大（回）",
  cooldown: "クールダウン（ms）",
  pace: "間隔（秒）",
  pace_hint: "このボタンの発動の最短の間隔です。発動すると、回数をすべて使います。0 ならルームの設定に従います。",
  weight: "重み",
  weight_hint: "1 分あたりの発動のうちの割合です。2 なら、1 の 2 倍の頻度になります。",
  pace_problem: "0〜600 の数にしてください。",
  seconds: (seconds) => `＝ ${seconds} 秒`,
  base_above_max: (max) => `最大を超えています。必要な回数は ${grouped(max)} 回になります。`,
  enabled: "有効",
  off: "無効",
  threshold_now: ({ count, viewers, paced }) => {
    const crowd = grouped(Math.max(1, viewers));
    const needed = grouped(count);
    return paced ? `視聴者 ${crowd} 人のとき ${needed} 回以上` : `視聴者 ${crowd} 人のとき ${needed} 回`;
  },
  add_button: "ボタンを追加",
  move_up: "上へ",
  move_down: "下へ",
  remove: "削除",
  action_on: (action, name) => `${action}：${name}`,
  multipliers: "倍率",
  multipliers_explanation:
    "トリガーに必要な回数 = 基準 × 倍率（切り上げ、最小〜最大の範囲）。倍率は参加中の視聴者数で決まります。",
  up_to: "この人数まで",
  factor: "倍率",
  any_more: "それ以上",
  band: (n) => `${n} 行目`,
  add_band: "行を追加",
  save: "保存",
  discard: "変更を破棄",
  unsaved: "未保存の変更があります",
  saved: "保存しました。視聴者の画面にも反映されています。",
  problems: (count) => `保存できませんでした。修正が必要な項目：${count} 件`,
  problem: (message) => message,

  /** What the server, or the way to it, refused. */
  refused: refusedIn("ja", {
    too_many_tokens: "1 つのルームのリンクは 20 個までです。先に 1 つ取り消してください。",
    studio_full: "これ以上保存できません。使わないセットアップを削除してください。",
  }),
};
