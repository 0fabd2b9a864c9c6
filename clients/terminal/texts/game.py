"""The texts of `streamario game`."""

from collections.abc import Mapping
from typing import Final

from clients.python import GameNote, GameSocketError, NoGateway, NumbersMissing, SocketLost
from shared.wire.error_codes import ERRORS
from shared.wire.languages import Sentence

DESCRIPTION: Final = Sentence(
    "A stand-in game: opens a room, prints its triggers.",
    "ゲームの代役です。ルームを開き、届いたトリガーを表示します。",
)

# Its options.
URL: Final = Sentence(
    "the gateway's URL (default: PUBLIC_WS_URL, else UNITY_WS_PORT on this machine)",
    "ゲートウェイの URL（既定値：PUBLIC_WS_URL、なければこのマシンの UNITY_WS_PORT）",
)
KEY: Final = Sentence(
    "the game key (default: the first of GAME_KEYS)",
    "ゲームキー（既定値：GAME_KEYS の最初のキー）",
)
NEW: Final = Sentence(
    "open a new room instead of returning to the last one",
    "前回のルームに戻らず、新しいルームを開きます",
)
STATE: Final = Sentence(
    "the file that remembers the room (default: game.json in DATA_DIR)",
    "ルームを記憶するファイル（既定値：DATA_DIR の game.json）",
)
NO_START: Final = Sentence(
    "do not start a round; the key s starts it",
    "ラウンドを自動では開始しません（s キーで開始）",
)
LASTS: Final = Sentence(
    "how long the effect of a trigger lasts (default: 3; 0: it is done at once)",
    "トリガーの演出が続く秒数（既定値：3。0 ならすぐに完了）",
)
JSON: Final = Sentence(
    "print each message as a line of JSON", "メッセージを 1 行ずつ JSON で表示します"
)

# The room.
ROOM_OPEN: Final = Sentence("Room {room} is open.", "ルーム {room} を開きました。")
ROOM_AGAIN: Final = Sentence(
    "Room {room} again: {status}, {missed} missed.",
    "ルーム {room} に戻りました：{status}、取りこぼした分は {missed} 件です。",
)
STATUS: Final[Mapping[str, Sentence]] = {
    "active": Sentence("not started", "開始前"),
    "in_game": Sentence("in a round", "ラウンド中"),
    "ended": Sentence("between rounds", "ラウンドの合間"),
}
LOG_LOST: Final = Sentence(
    "The server lost a part of the log; what it still has follows.",
    "サーバーの記録の一部が失われました。残っている分を受け取ります。",
)
PRESS_AT: Final = Sentence("  Viewers press at {url}", "  視聴者ページ：{url}")

# The round.
ROUND_BEGINS: Final = Sentence("Round {round} begins.", "ラウンド {round} を開始しました。")
PAUSED: Final = Sentence("Paused.", "一時停止しました。")
RESUMED: Final = Sentence("Goes on.", "再開しました。")
END_AGAIN: Final = Sentence(
    "e again ends round {round}; any other key does not.",
    "もう一度 e を押すと、ラウンド {round} を終了します。ほかのキーでは終了しません。",
)
KEY_UNSENT: Final = Sentence(
    "Not connected: that key did nothing.", "接続していないため、キーの操作は行われませんでした。"
)

# What the game answers.
NEXT_FAILS: Final = Sentence("The next trigger will fail.", "次のトリガーは失敗します。")
FAILED: Final = Sentence(
    "{button} #{seq} failed; its presses go back to the button.",
    "{button} #{seq} は失敗しました。押された回数はボタンに戻ります。",
)
NOT_NOW: Final = Sentence(
    "{button} cannot be used now. n again: it can.",
    "{button} は今は使えません。もう一度 n を押すと、使えるようになります。",
)
AGAIN: Final = Sentence("{button} can be used again.", "{button} がまた使えるようになりました。")
NO_BUTTON_YET: Final = Sentence(
    "n is for the button of the last trigger, and none has come yet.",
    "n は最後に届いたトリガーのボタンに使います。まだトリガーが届いていません。",
)
CANNOT_NOW: Final = Sentence("The game cannot do this now.", "ゲームは今これを実行できません。")
MORE_KEYS: Final = Sentence(
    "f the next trigger fails · n its button cannot be used, or can again"
    " · d resume, without the presses so far",
    "f 次のトリガーを失敗させる · n 最後のトリガーのボタンを使えなくする／戻す"
    " · d これまでの押下を捨てて再開",
)

# The line that changes.
NO_ROUND: Final = Sentence("no round", "ラウンドなし")
IN_ROUND: Final = Sentence("round {round}", "ラウンド {round}")
IN_PAUSED_ROUND: Final = Sentence("round {round}, paused", "ラウンド {round}（一時停止中）")
RECEIVED: Final = Sentence("{count} received", "トリガー {count} 件")
KEYS: Final = Sentence(
    "p pause · r resume · e end · q quit · ?",
    "p 一時停止 · r 再開 · e 終了 · q やめる · ?",
)
KEYS_BETWEEN_ROUNDS: Final = Sentence("s next round · q quit", "s 次のラウンド · q やめる")

# A trigger.
TRIGGER: Final = Sentence(
    "{at}  ⚡ {button:<8} {count:>3} presses  #{seq:<5} {late}  {who}",
    "{at}  ⚡ {button:<8} {count:>3} 回  #{seq:<5} {late}  {who}",
)
LATE: Final = Sentence("{ms:>5} ms", "{ms:>5} ms")
REPLAYED: Final = Sentence("replayed", "    再送")
UNNAMED: Final = Sentence("(nobody named)", "（名前なし）")
GAP: Final = Sentence(
    "The server lost data; it goes on after number {seq}.",
    "サーバーのデータが失われました。{seq} 番の次から続きます。",
)

# The end of a round.
ROUND_OVER: Final = Sentence("Round {round} is over.", "ラウンド {round} が終わりました。")
TOTAL: Final = Sentence(
    "  {button:<10} {count:>7} presses   most: {top}", "  {button:<10} {count:>7} 回   最多：{top}"
)
MOST_OF_ALL: Final = Sentence("  most of all: {top}", "  最も多く押した人：{top}")
MOST_BY_TEAM: Final = Sentence(
    "  skill: {skill} · enemy: {enemy}", "  スキル：{skill} · 敵：{enemy}"
)
TOP: Final = Sentence("{who} ({count})", "{who} ({count})")
NAMELESS: Final = Sentence("somebody without a name", "名前のない視聴者")
NOBODY: Final = Sentence("nobody", "なし")

# The server and the way to it.
MOVING: Final = Sentence(
    "The gateway goes away; moving to the next one.",
    "サーバーが終了します。別のサーバーに移ります。",
)
SERVER_SAYS: Final = Sentence(
    "The server says: {sentence} ({code})", "サーバー：{sentence}（{code}）"
)
NO_GATEWAY: Final = Sentence(
    "No gateway at {url} ({why}); trying until it is back.",
    "{url} のサーバーに接続できません（{why}）。つながるまで再試行します。",
)
SOCKET_LOST: Final = Sentence(
    "The socket was lost ({why}); trying until it is back.",
    "接続が切れました（{why}）。つながるまで再試行します。",
)
NUMBERS_MISSING: Final = Sentence(
    "Numbers {first} to {last} never came!", "{first}〜{last} 番は届きませんでした。"
)
NO_GAME_SOCKET: Final = Sentence(
    "There is no game socket at {url}. Is that the gateway's port?",
    "{url} にゲームのソケットがありません。ゲートウェイのポートか確かめてください。",
)

# The end of the game.
STOPPED: Final = Sentence("Stopped.", "終了しました。")
STOPPED_IN_ROOM: Final = Sentence(
    "Stopped; the next `streamario game` goes on with this room.",
    "終了しました。次の `streamario game` は、このルームを続けます。",
)
STOPPED_BECAUSE: Final = Sentence("Stopped: {why}", "終了しました：{why}")
GIVE_KEY: Final = Sentence(
    "{why} Give one with --key, or in GAME_KEYS.",
    "{why}--key か GAME_KEYS で指定してください。",
)
GIVE_OTHER_KEY: Final = Sentence(
    "{why} Give another with --key, or in GAME_KEYS.",
    "{why}--key か GAME_KEYS で、別のキーを指定してください。",
)
NEW_ROOM: Final = Sentence(
    "Room {room}: {why} Opening a new one.", "ルーム {room}：{why}新しいルームを開きます。"
)


def reason(error: GameSocketError) -> Sentence:
    """The sentence of an error's code; for an error without a code, its own text."""
    kind = ERRORS.get(error.code)
    return kind.sentence if kind else Sentence(f"{error}.", f"{error}。")


def note(note: GameNote) -> Sentence:
    """The sentence for a note of the game client."""
    match note:
        case NoGateway(url=url, why=why):
            return NO_GATEWAY.about(url=url, why=_in_brackets(why))
        case SocketLost(why=why):
            return SOCKET_LOST.about(why=_in_brackets(why))
        case NumbersMissing(first=first, last=last):
            return NUMBERS_MISSING.about(first=first, last=last)


def _in_brackets(error: GameSocketError) -> Sentence:
    whole = reason(error)
    return Sentence(whole.en.removesuffix("."), whole.ja.removesuffix("。"))
