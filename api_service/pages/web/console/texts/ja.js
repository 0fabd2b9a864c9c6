import { errorIn } from "../../common/errors.js";
import { grouped } from "../../common/languages.js";
import { refusedIn } from "./refusals.js";

/** コンソールの日本語。`texts/en.js` と同じ名前を持ちます。 */
export const ja = {
  console: "Streamario コンソール",
  leave: "退出",
  cancel: "キャンセル",
  close: "閉じる",
  untitled: "タイトルなしのルーム",

  // Start.
  hello_press: "視聴者がスマホでボタンを押す。",
  hello_happens: "満タンになると、ゲームで本当に起こる。",
  beat_scan: "読み取る",
  beat_scan_how: "アプリも登録も不要",
  beat_press: "みんなで押す",
  beat_button: "主人公を回復",
  beat_more: "あと 8 回！",
  beat_happens: "起こる！",
  beat_who: "Panda 46 さん ほか 86 人",
  new_title: "新しいルームのタイトル（視聴者に見えます）",
  open_room: "ルームを開く",
  game_key: "ゲームキー",
  game_key_hint: "サーバーの管理者に確認してください（GAME_KEYS）。ウィンドウを閉じると消去されます。",
  begin_with: "はじめの内容",
  begin_hint: "あとからすべて変更できます。ゲームがなくても、このページが代わりになります。",
  templates: {
    boss_fight: { name: "ボス戦", hint: "主人公を助けるか、竜を起こすか", title: "ボス戦" },
    chaos: { name: "カオス", hint: "何でもあり", title: "カオスの夜" },
    help_or_hinder: {
      ...{ name: "応援か妨害か", hint: "2 チームの引っぱり合い", title: "応援か妨害か？" },
      teams: { skill: "応援", enemy: "妨害" },
    },
    choose_my_fate: { name: "運命を決めて", hint: "次の展開を視聴者が決める", title: "運命を決めて" },
    empty: { name: "空のルーム", hint: "ボタン 1 個から" },
  },
  last_setup: "前回と同じ",
  last_facts: (title, count) => [title, `ボタン ${count} 個`].filter(Boolean).join("・"),
  setup_buttons: (count) => `セットアップ・ボタン ${count} 個`,
  stored_heading: "最近のルーム",
  room_runs: (round, viewers, isPaused) =>
    `ラウンド ${round} ${isPaused ? "一時停止中" : "進行中"}・視聴者 ${grouped(viewers)} 人`,
  room_facts: (date, rounds) =>
    `${date.getMonth() + 1} 月 ${date.getDate()} 日・${rounds > 0 ? `${rounds} ラウンド` : "ラウンドなし"}`,
  all_rooms: "すべてのルームと結果",
  go_on: "続ける",
  forget: "破棄する",
  forget_question: (title) => `「${title}」を破棄しますか？`,
  forget_explanation: "トークンはこのブラウザーにしかありません。破棄すると、誰も操作できなくなります。",
  leave_question: "ルームから退出しますか？",
  leave_running:
    "ラウンドが進行中です。退出すると、5 分後に自動的に終わります。" +
    "7 日以内なら、このルームに戻れます。",
  leave_unsaved: "保存していない設定は失われます。",
  title: "タイトル",
  title_hint: "視聴者のページの上部に表示されます。あとから変更できます。",

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

  // Lobby.
  share_heading: "視聴者を招待",
  enlarge_code: "QR コードを大きく表示",
  code_of: (url) => `${url} の QR コード`,
  scan_or_go_to: "読み取るか、次を開いて入力",
  viewer_link: "視聴者用リンク",
  overlay_link: "OBS 用オーバーレイ",
  copy: "コピー",
  copy_link: "リンクをコピー",
  open: "開く",
  copied: "コピーしました。",
  not_copied: "コピーできません",
  copy_yourself: "選択しました。Ctrl+C でコピーしてください。",
  reaches: { network: "このネットワーク内のスマホだけが開けます", everybody: "誰でも参加できます。" },
  unreachable: (host) => `${host} はスマートフォンから開けません。`,
  remedy: "このパソコンの IP アドレスを設定して、Streamario を起動し直してください。",
  are_here: () => "人が集まりました",
  latest_first: "新しい順",
  invite_shrinks: "視聴者が 10 人になると、小さくなります。",
  before_you_start: "始める前に",
  step_done: "完了",
  game_connected: "ゲームに接続済み",
  connect_game: "ゲームに接続",
  without_game: "なければ、このページが代わりになります。",
  overlay_into_obs: "オーバーレイを OBS に入れる",
  overlay_source: "「ブラウザ」ソース、1920 × 1080。",
  overlay_stays: "リンクは変わりません。",
  set_up: "見た目を選ぶ…",
  test_a_button: "ボタンを試す",
  test_explanation: "見た目と音。数には入りません。",
  how_long_how_much: "長さとにぎやかさ",
  tempo: ({ minutes, mood, perMinute, every }) => {
    const moods = { calm: "穏やか", lively: "にぎやか", wild: "大騒ぎ" };
    const length = minutes === 0 ? "時間制限なし" : `${Math.round(minutes * 10) / 10} 分`;
    const pace = moods[mood] ?? (perMinute > 0 ? `1 分に ${perMinute} 回` : "間隔なし");
    if (!every) return `${length}、${pace}。`;
    const [from, to] = every;
    return `${length}、${pace}。ボタンごとに ${from === to ? from : `${from}〜${to}`} 秒おき。`;
  },

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
  sections: { buttons: "ボタン", look: "見た目", rounds: "ラウンド", names: "名前", setups: "セットアップ" },
  together: ({ perMinute, mood }) => {
    const moods = { calm: "：穏やか", lively: "：にぎやか", wild: "：大騒ぎ", "": "" };
    return perMinute ? `全部で 1 分におよそ ${grouped(perMinute)} 回${moods[mood]}` : "満タンになるたびに発動";
  },
  often: { often: "よく", normal: "ふつう", rare: "まれに" },
  every: ({ unit, count, presses: needed }) =>
    ({ seconds: `${count} 秒に 1 回`, minutes: `${count} 分に 1 回` })[unit] ?? `${grouped(needed)} 回押されるごと`,
  off: "オフ",
  on: "オン",
  more: "その他",
  action_on: (action, name) => `${action}：${name}`,
  add_button: "ボタンを追加",
  move_up: "上へ",
  move_down: "下へ",
  remove: "削除",
  button_name: "名前",
  also_called: (name) => `英語の視聴者には「${name}」と表示されます（詳細設定）。`,
  nameless_button: (type) => `名前がないと、視聴者には ID「${type}」が表示されます。`,
  icon: "アイコン",
  icon_problem: "絵文字 1 つにするか、空にしてください。",
  color: "色",
  colors: {
    ...{ pink: "ピンク", amber: "オレンジ", blue: "青", green: "緑" },
    ...{ turquoise: "青緑", red: "赤", violet: "紫", grey: "灰色" },
  },
  own: "自分で…",
  own_color: "ほかの色",
  image: "画像にする",
  how_often: "起こりやすさ",
  weight_of: (weight) => `重み ${weight}`,
  happens: ({ viewers, unit, count, presses: needed }) => {
    const about = { seconds: `およそ ${count} 秒に 1 回`, minutes: `およそ ${count} 分に 1 回` };
    return `視聴者 ${grouped(Math.max(1, viewers))} 人なら、${about[unit] ?? `${grouped(needed)} 回押されるごとに発動`}。`;
  },
  takes: ({ unit, presses: needed }) => (unit ? `1 回に ${grouped(needed)} 回ほど。` : "押される速さで決まります。"),
  advanced: "詳細設定",
  advanced_button: "最小・最大の回数、クールダウン、チーム、ゲーム用 ID",
  min: "最小の回数（min）",
  max: "最大の回数（max）",
  base: "基準の回数（base）",
  base_hint: "これに、人数に応じた倍率を掛けます（「ラウンド」）。",
  base_above_max: (max) => `最大を超えています。必要な回数は ${grouped(max)} 回になります。`,
  cooldown: "クールダウン（ms）",
  seconds: (seconds) => `＝ ${seconds} 秒`,
  pace: "間隔（秒）",
  pace_hint: "起こりやすさの代わりに使う、発動の最短の間隔です。0 なら使いません。",
  pace_problem: "0〜600 の数にしてください。",
  weight: "重み",
  weight_hint: "2 は「よく」、1 は「ふつう」、0.5 は「まれに」です。",
  team: "チーム",
  teams: { skill: "スキル", enemy: "敵", "": "なし" },
  event_type: "ゲーム用 ID（event_type）",
  caption_ja: "日本語の名前",
  caption_en: "英語の名前",

  every_round: "毎回のラウンドの長さ",
  minutes: (count) => `${count} 分`,
  no_end: "終わりなし",
  or_minutes: "分（0 なら終わりなし）",
  how_much: "にぎやかさ",
  mood_of: (mood, count) => `${{ calm: "穏やか", lively: "にぎやか", wild: "大騒ぎ" }[mood]} ${count}`,
  or_per_minute: "1 分あたりの発動",
  per_minute_hint: "人数が変わっても、全部のボタンを合わせた回数です。0 なら、押される速さで決まります。",
  starts: "最初のラウンドの始まり",
  starts_choices: { game: "この画面かゲームで開始したとき", press: "最初に押されたとき" },
  on_disconnect: "ゲームが接続していない間のトリガー",
  on_disconnect_choices: { fire: "発動し、接続後に届ける", hold: "止める" },
  multipliers: "倍率",
  multipliers_explanation:
    "トリガーに必要な回数 = 基準 × 倍率（切り上げ、最小〜最大の範囲）。倍率は参加中の視聴者数で決まります。",
  up_to: "この人数まで",
  factor: "倍率",
  any_more: "それ以上",
  band: (n) => `${n} 行目`,
  add_band: "行を追加",

  show_names: "トリガーに視聴者の名前を表示する",
  show_names_hint: "スマホ、オーバーレイ、ゲームでの表示",
  mask_names: "名前の不適切な言葉を *** で隠す（英語・日本語）",
  masked_words_more: "隠す言葉を追加",
  masked_words_out_of_view: "配信に映らないよう、閉じてあります",
  masked_words: "1 行に 1 つ",
  masked_words_hint: "200 個まで、各 1〜32 文字です。視聴者には見えません。",

  unsaved: ({ buttons, isOrder, sections }) => {
    const names = { look: "見た目", rounds: "ラウンド", names: "名前" };
    const parts = [buttons > 0 && `ボタン ${buttons} 個`, isOrder && "ボタンの順番", ...sections.map((section) => names[section])];
    return `未保存：${parts.filter(Boolean).join("、")}`;
  },
  save: "保存",
  discard: "破棄",
  saved: "保存しました。視聴者の画面にも反映されています。",
  problems: (count) => `保存できませんでした。修正が必要な項目：${count} 件`,
  problem: (message) => message,

  phone: "視聴者の画面",
  phone_screens: { waiting: "待機", round: "ラウンド", results: "結果" },
  phone_hint: "保存前に見られる、視聴者の画面",

  /** What the server, or the way to it, refused. */
  refused: refusedIn("ja", {
    too_many_tokens: "1 つのルームのリンクは 20 個までです。先に 1 つ取り消してください。",
    studio_full: "これ以上保存できません。使わないセットアップを削除してください。",
  }),

  // Look.
  look: "見た目",
  look_hint: "視聴者のスマホとオーバーレイに反映されます",
  logo: "ロゴ",
  background: "背景の画像",
  accent: "アクセントの色",
  backdrop: "背景の色",
  default_color: "既定に戻す",
  adjusted: ({ day, night }) =>
    `読みやすいように調整：${day === night ? day : `${day}（ライト）、${night}（ダーク）`}`,
  font: "書体",
  fonts: { "": "既定", sans: "ゴシック体", serif: "明朝体", mono: "等幅", hand: "手書き風", pop: "ポップ", pixel: "ドット" },
  team_names: "チーム",
  team_skill: "スキルのチーム名",
  team_enemy: "敵のチーム名",
  top_of: (team) => `「${team}」で最多`,

  // Files for a room's look and sound.
  drop_or_choose: "ドロップか選択",
  picture_hint: "PNG・JPEG・WebP・GIF。ここにドロップするか、貼り付けるか、選択します",
  uploading: "アップロード中…",
  file_problems: {
    no_picture: "画像として読み込めません。PNG・JPEG・WebP・GIF を選んでください。",
    large_file: "ファイルが 20 MB を超えています。小さいものを選んでください。",
    large_animation: "アニメーションの WebP は 64 KB までです。小さいものを選んでください。",
    no_webp: "このブラウザーでは画像を WebP に変換できません。Chrome・Edge・Firefox を使ってください。",
    no_sound: "MP3・Ogg・WAV のファイルではありません。",
    large_sound: "200\u00a0KB を超えています。短くするか、MP3 にしてください。",
    broken_sound: "この音は再生できません。",
  },

  // Overlay builder.
  overlay_choose: "オーバーレイを設定",
  overlay_preview: "オーバーレイの表示例",
  overlay_try: "発動を試せます。ここだけに表示され、音が鳴ります。回数には数えられません。",
  overlay_style: "発動の告知",
  overlay_styles: { burst: "集中線と紙吹雪あり", plain: "なし" },
  overlay_position: "ボタンの位置",
  overlay_positions: { bottom: "下", top: "上", left: "左", right: "右" },
  overlay_volume: "音",
  overlay_silent: "鳴らさない",
  overlay_scale: "大きさ",
  overlay_lang: "言語",
  overlay_langs: { "": "OBS の言語", en: "English", ja: "日本語" },
  overlay_parts: "表示するもの",
  overlay_part: {
    bars: "ボタン",
    announcements: "発動の告知",
    viewers: "参加中の人数",
    timer: "残り時間（タイマーの設定時）",
    winner: "ラウンドの結果（上位 3 人とチームの勝敗）",
    invitation: "コードと QR コードを大きく（ラウンドの前と間）",
    join: "URL とコード（ラウンド中）",
    qr: "QR コード（ラウンド中）",
    logo: "ロゴ",
  },
  overlay_lasts: "このリンクは、ルームが変わっても同じです。いちばん新しいルームを表示します。",
  overlay_size:
    "OBS の「ブラウザ」ソースを、画面と同じ大きさ（1920 × 1080 など）で設定します。背景は透明です。" +
    "音を OBS で調整するには、「OBS で音声を制御する」をオンにします。",

  // Moderators.
  search_viewers: "押した人全員から、名前か ID で検索",
  found: (count) => `${count} 人見つかりました`,
  found_more: (count) => `${count} 人より多く見つかりました。名前をもう少し長く入力してください。`,
  search_too_soon: "検索が多すぎます。少し待ってから、Enter キーでもう一度お試しください。",
  nobody_found: "この名前の人は、このラウンドで押していません。",

  moderators: "モデレーター",
  moderators_explanation:
    "このリンクを持つ人は、視聴者をブロックし、名前を隠せます。ほかのことはできません。リンクはいつでも取り消せます。",
  make_link: "リンクを作る",
  moderator_link: "モデレーター用リンク",
  moderator_link_hint: "今コピーしてください。もう一度表示することはできません。信頼できる人にだけ渡してください。",
  link_until: (end, day) => `リンク …${end}（${day} まで）`,
  revoke: "取り消す",
  revoke_question: (link) => `「${link}」を取り消しますか？`,
  revoke_explanation: "このリンクは、すぐに使えなくなります。",

  moderate: "モデレーション",
  names_heading: "名前",
  blocked_heading: "ブロック中の視聴者",
  blocked_empty: "ブロック中の視聴者はいません。",
  triggers_explanation: "このページを開いてから、誰が何を発動させたかを表示します。",
  triggers_empty: "まだトリガーはありません。",
  link_over: "このリンクは使えなくなりました。配信者に新しいリンクをもらってください。",


  // Pictures.
  round: "ラウンド",
  make_picture: "共有用の画像",
  picture: "ラウンドの画像",
  picture_label: (title, round) => `${title}、ラウンド ${round}：上位 3 人と、ボタンごとの発動回数`,
  save_picture: "保存",
  share_picture: "共有",

  // Sounds.
  sound: "音",
  sound_hint: "自分の音も使えます。MP3・Ogg・WAV、200\u00a0KB まで。再生は 10 秒までです。",
  no_sound: "なし",
  sounds: {
    chime: "チャイム",
    zap: "ビーム",
    boom: "爆発",
    coin: "コイン",
    fanfare: "ファンファーレ",
    drum: "ドラム",
    whoosh: "風",
  },
  own_sound: "自分の音",
  listen: "聞く",
  upload_sound: "自分の音を選ぶ",
  play_sounds: "トリガーの音をここで鳴らす",

  // Studio: setups, earlier rooms.
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
  rename: "名前を変更",
  duplicate: "複製",
  delete: "削除",
  delete_question: (name) => `「${name}」を削除しますか？`,
  delete_explanation: "このセットアップで開いたルームの設定は変わりません。",
  replace: "置き換える",
  replace_question: (name) => `「${name}」を置き換えますか？`,
  replace_explanation: "同じ名前のセットアップがあります。その内容が、このルームの設定になります。",
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
    "リンクを知っている人が見たり変更したりできます。今のものを残すには、先にリンクを控えてください。",
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
