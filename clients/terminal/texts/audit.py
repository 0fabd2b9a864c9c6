"""The texts of `streamario audit`. Differences are in English only: they go into bug reports."""

from collections.abc import Mapping
from typing import Final

from shared.wire.languages import Sentence

DESCRIPTION: Final = Sentence(
    "Print a room's ledger from PostgreSQL, and whether it balances.",
    "PostgreSQL にあるルームの台帳を表示し、合計が合うかを調べます。",
)
EPILOG: Final = Sentence(
    "Exit status: 0 the ledger balances, 1 it does not, 2 there is nothing to audit.",
    "終了ステータス：0 合計が合う、1 合わない、2 調べる台帳がない。",
)

# Its options.
ONE_ROUND: Final = Sentence(
    "print only this round; all rounds are audited",
    "このラウンドだけを表示します（調べるのは全ラウンド）",
)
JSON: Final = Sentence("print JSON, for programs", "プログラム用に JSON で表示します")

# Why there is nothing to audit, or not all of it.
NO_ROOM_FILE: Final = Sentence(
    "no room in {path}: name the room, as in: streamario audit ROOM",
    "{path} にルームがありません。`streamario audit ROOM` のように、ルームを指定してください",
)
NO_DATABASE: Final = Sentence(
    "no PostgreSQL runs on {path}; start `streamario up`, or set DATABASE_URL",
    "{path} の PostgreSQL が動いていません。"
    "`streamario up` を起動するか、DATABASE_URL を設定してください",
)
UNFIT: Final = Sentence("{why}", "このサーバーは使えません：{why}")
NO_ANSWER: Final = Sentence("no answer in time", "時間内に応答がありません")
DATABASE_AWAY: Final = Sentence("PostgreSQL: {why}", "PostgreSQL に接続できません：{why}")
NO_BOOKS: Final = Sentence(
    "the ledger has no room {room}; check the id, or try again in a moment if the room is new",
    "台帳にルーム {room} はありません。ID を確かめてください。"
    "開いたばかりなら、少し待ってお試しください",
)
NO_ROUND: Final = Sentence(
    "the room has no round {round}; it has {rounds}",
    "ルームにラウンド {round} はありません。ラウンドは {rounds} 個です",
)

# The books. Tables name the fields of the audit that are their columns.
BOOKS_OF: Final = Sentence("Books of room {room}", "ルーム {room} の台帳")
STATUS_ROW: Final = Sentence("status", "状態")
STATUS: Final[Mapping[str, Sentence]] = {
    "active": Sentence("waiting for its game", "ゲームの開始待ち"),
    "in_game": Sentence("in game", "ラウンド中"),
    "ended": Sentence("ended", "終了"),
}
OPENED_ROW: Final = Sentence("opened", "開いた日時")
BOOKED_ROW: Final = Sentence("booked up to", "記録済み")
BOOKED: Final = Sentence(
    "{moment}; whatever Redis holds unread comes after",
    "{moment} まで。Redis にあってまだ記録されていない分は含みません",
)
EQUATION_ROW: Final = Sentence("in presses", "等式（回数）")
EQUATION: Final = Sentence(
    "presses - forgotten + returned = thresholds + remainder + discarded",
    "押下 - 喪失 + 返却 = しきい値の合計 + 残り + 破棄",
)
UNKNOWN: Final = Sentence("unknown", "不明")

# A round.
ROUND: Final = Sentence(
    "Round {round}, from {start} to {end}, {viewers}",
    "ラウンド {round}：{start} 〜 {end}、{viewers}",
)
OPEN_ROUND: Final = Sentence(
    "Round {round}, from {start} and still open, {viewers}",
    "ラウンド {round}：{start} から進行中、{viewers}",
)
NOT_PRESSED: Final = Sentence("nothing was pressed", "押下はありません")
TOTAL: Final = Sentence("total", "合計")
BUTTON_COLUMNS: Final[Mapping[str, Sentence]] = {
    "event_type": Sentence("button", "ボタン"),
    "presses": Sentence("presses", "押下"),
    "forgotten": Sentence("forgotten", "喪失"),
    "returned": Sentence("returned", "返却"),
    "triggers": Sentence("triggers", "トリガー"),
    "thresholds": Sentence("thresholds", "しきい値"),
    "remainder": Sentence("remainder", "残り"),
    "discarded": Sentence("discarded", "破棄"),
    "difference": Sentence("difference", "差"),
}
OUTCOME_COLUMNS: Final[Mapping[str, Sentence]] = {
    "event_type": Sentence("button", "ボタン"),
    "triggers": Sentence("triggers", "トリガー"),
    "done": Sentence("done", "成功"),
    "failed": Sentence("failed", "不発"),
    "returned": Sentence("returned", "返却"),
}

# The log.
NUMBERS: Final = Sentence("Numbers of the room's log", "ルームのログの番号")
NOT_FIRED: Final = Sentence("nothing was fired", "発動はありません")
NUMBER_COLUMNS: Final[Mapping[str, Sentence]] = {
    "epoch": Sentence("epoch", "エポック"),
    "first": Sentence("first", "最初"),
    "last": Sentence("last", "最後"),
    "triggers": Sentence("triggers", "トリガー"),
    "summaries": Sentence("summaries", "サマリー"),
    "forgotten": Sentence("forgotten", "喪失"),
    "missing": Sentence("missing", "欠番"),
    "repeated": Sentence("repeated", "重複"),
}

# The verdict.
NOT_BALANCED: Final = Sentence("What does not balance", "合わないもの（英語）")
BALANCE: Final = Sentence("The books balance.", "台帳の合計は合っています。")
NO_BALANCE: Final = Sentence(
    "The books do not balance: {kinds}.", "台帳の合計が合っていません：{kinds}。"
)
