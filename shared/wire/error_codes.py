"""Every error code of the project, with the sentence that every service, page and terminal shows.

A constant has the name of its code. `docs/errors.md` has the same rows, and what to do about each.
"""

from collections.abc import Mapping
from typing import Final

from shared.wire.languages import Sentence
from shared.wire.refusal import ErrorKind


def _kind(status: int, en: str, ja: str, retry_after_ms: int = 0) -> ErrorKind:
    return ErrorKind(status, Sentence(en, ja), retry_after_ms)


# The sentence for a code that is not in the table; `about(code=…)` fills the code in.
UNKNOWN_CODE: Final = Sentence("Something went wrong ({code}).", "エラーが発生しました（{code}）。")

_BUSY: Final = (
    "The server is busy. Try again in a moment.",
    "混み合っています。少し待ってお試しください。",
)
_FAILED: Final = (
    "The server failed. Check whether your request took effect.",
    "サーバーでエラーが起きました。反映済みか確認してください。",
)

# The request is not valid.
INVALID_REQUEST: Final = _kind(400, "The request is not valid.", "リクエストが正しくありません。")
INVALID_BODY: Final = _kind(
    400, "The request body is not valid.", "リクエストの本文が正しくありません。"
)
INVALID_QUERY: Final = _kind(
    400, "A query parameter is not valid.", "クエリの値が正しくありません。"
)
INVALID_PUSH_COUNT: Final = _kind(
    400,
    "push_count must be an integer from 1 to 2147483647.",
    "push_count は 1〜2147483647 の整数にしてください。",
)
UNKNOWN_EVENT_TYPE: Final = _kind(
    400, "The room has no such button.", "このルームに、そのボタンはありません。"
)
INVALID_SETTINGS: Final = _kind(400, "Some settings are not valid.", "正しくない設定があります。")
INVALID_MEDIA: Final = _kind(
    400, "The picture or sound is not valid.", "画像または音声のファイルが正しくありません。"
)
INVALID_HANDLE: Final = _kind(400, "This handle cannot be used.", "このハンドルは使えません。")
NOT_FOUND: Final = _kind(404, "There is nothing at this URL.", "この URL には何もありません。")
METHOD_NOT_ALLOWED: Final = _kind(
    405, "This URL does not allow this method.", "この URL では、このメソッドを使えません。"
)
BODY_TOO_LARGE: Final = _kind(
    413, "The request body is too large.", "リクエストの本文が大きすぎます。"
)
UNSUPPORTED_MEDIA_TYPE: Final = _kind(
    415,
    "Pictures must be WebP; sounds must be MP3, Ogg or WAV.",
    "画像は WebP、音声は MP3・Ogg・WAV にしてください。",
)

# The client is not allowed to do this.
INVALID_VIEWER: Final = _kind(
    401,
    "This viewer ID is not valid. Get a new one and try again.",
    "この視聴者 ID は無効です。新しい ID を取得して、もう一度お試しください。",
)
INVALID_ROOM_TOKEN: Final = _kind(
    401, "The room token is missing or has expired.", "ルームトークンがないか、期限が切れています。"
)
INVALID_GAME_KEY: Final = _kind(
    401, "Opening a room needs a valid game key.", "ルームを開くには、正しいゲームキーが必要です。"
)
INVALID_STUDIO_KEY: Final = _kind(
    401, "The studio key is missing or not valid.", "スタジオキーがないか、正しくありません。"
)
INVALID_ADMIN_TOKEN: Final = _kind(
    401, "This needs the admin token.", "管理用のトークン（ADMIN_TOKEN）が必要です。"
)
MISSING_TOKEN: Final = _kind(
    401, "Resuming a room needs its room token.", "ルームに戻るには、ルームトークンが必要です。"
)
MISSING_GAME_KEY: Final = _kind(
    401, "Opening a room needs a game key.", "ルームを開くには、ゲームキーが必要です。"
)
FORBIDDEN: Final = _kind(
    403, "The room token is not valid for this room.", "ルームトークンが無効になりました。"
)
INVALID_TOKEN: Final = _kind(
    403,
    "The room token is not this room's, or has expired.",
    "ルームトークンが別のルームのものか、期限が切れています。",
)
ORIGIN_REFUSED: Final = _kind(
    403, "Pages of this origin may not do this.", "このオリジンのページからは使えません。"
)
FORBIDDEN_ORIGIN: Final = _kind(
    403, "Games of this origin may not connect.", "このオリジンのゲームは接続できません。"
)

# The room does not exist, or its state does not allow the request.
ROOM_NOT_FOUND: Final = _kind(404, "There is no such room.", "このルームはもうありません。")
ROOM_OVER: Final = _kind(404, "This room is over.", "このルームは終了しました。")
GAME_NOT_STARTED: Final = _kind(409, "No round is running.", "進行中のラウンドがありません。")
PAUSED: Final = _kind(
    409, "The round is paused or its game is away.", "一時停止中か、ゲームが未接続です。"
)
DISABLED: Final = _kind(409, "This button is switched off.", "このボタンはオフになっています。")
UNAVAILABLE: Final = _kind(
    409, "The game cannot use this button.", "ゲームがこのボタンを使えません。"
)
LOG_FULL: Final = _kind(
    409, "Too many triggers wait for the game.", "ゲーム待ちのトリガーが多すぎます。"
)
ROOM_NOT_ENDED: Final = _kind(
    409, "The round has not ended yet.", "ラウンドはまだ終わっていません。"
)
SETTINGS_MOVED: Final = _kind(
    409, "The settings have changed meanwhile.", "設定がほかで変更されました。"
)
TOO_MANY_TOKENS: Final = _kind(
    409,
    "A room has 20 tokens at most. Revoke one first.",
    "1 つのルームのトークンは 20 個までです。先に 1 つ取り消してください。",
)
TOO_MANY_BLOCKED: Final = _kind(
    409,
    "This room blocks as many viewers as it may. Unblock some first.",
    "このルームではこれ以上ブロックできません。先にだれかのブロックを解除してください。",
)
HANDLE_TAKEN: Final = _kind(409, "This handle is taken.", "このハンドルはすでに使われています。")

# The client exceeds a limit.
STUDIO_FULL: Final = _kind(
    409,
    "The studio is full. Delete setups that you do not need any more.",
    "スタジオにこれ以上保存できません。使わないセットアップを削除してください。",
)
RATE_LIMITED: Final = _kind(
    429,
    "Too many requests. Wait a little and try again.",
    "リクエストが多すぎます。しばらく待ってお試しください。",
    retry_after_ms=1000,
)
TOO_MANY_ATTACHES: Final = _kind(
    429,
    "The game connected to this room more than 5 times in 10 s.",
    "このルームへのゲームの接続が、10 秒間に 5 回を超えました。",
    retry_after_ms=10_000,
)
REFUSED_TOO_OFTEN: Final = _kind(
    429,
    "This game was refused 20 times in 10 s.",
    "ゲームの接続が、10 秒間に 20 回拒否されました。",
)
TOO_MANY_SOCKETS_OF_ADDRESS: Final = _kind(
    429,
    "Too many pages are open from this IP address.",
    "同じ IP アドレスで開いているページが多すぎます。",
    retry_after_ms=10_000,
)

# The server failed, or is unavailable for now.
INTERNAL_ERROR: Final = _kind(500, *_FAILED)
OVERLOADED: Final = _kind(503, *_BUSY, retry_after_ms=1000)
TOO_MANY_SOCKETS: Final = _kind(503, *_BUSY, retry_after_ms=5000)
BUSY: Final = _kind(503, *_BUSY, retry_after_ms=1000)
STORE_UNAVAILABLE: Final = _kind(
    503,
    "The server is temporarily unavailable. Try again in a moment.",
    "サーバーが一時的に使えません。少し待ってお試しください。",
    retry_after_ms=1000,
)
LEDGER_FULL: Final = _kind(
    503,
    "The server is behind with recording presses. Try again in a moment.",
    "記録が追いついていません。少し待ってお試しください。",
    retry_after_ms=1000,
)
RESULTS_PENDING: Final = _kind(503, "The results are being added up…", "集計しています…", 1000)
DRAINING: Final = _kind(
    503,
    "The server is restarting. Connect again.",
    "サーバーが再起動しています。もう一度接続してください。",
    retry_after_ms=1000,
)

# On a game's socket, which stays open.
BAD_MESSAGE: Final = _kind(0, "The message is not valid.", "メッセージが正しくありません。")
UNKNOWN_TYPE: Final = _kind(
    0,
    "The server does not know this type of message and ignores it.",
    "サーバーが知らない種類のメッセージなので、無視されます。",
)
BAD_ACK: Final = _kind(
    0,
    "This number has not been sent on this socket.",
    "この番号は、この接続ではまだ送られていません。",
)
BAD_OUTCOME: Final = _kind(
    0,
    "The room has no trigger with this number from the last ten minutes.",
    "この番号のトリガーは、直近 10 分のこのルームにありません。",
)

# Before a socket is closed.
GOING_AWAY: Final = _kind(0, "The server closed the connection.", "サーバーが接続を閉じました。")
MESSAGE_TOO_BIG: Final = _kind(
    0, "A message may be 64 KiB at most.", "メッセージが大きすぎます（64 KiB まで）。"
)
REPLACED: Final = _kind(
    0,
    "Another game or window took over this room.",
    "別のゲームかウィンドウが操作を引き継ぎました。",
)
GAME_CONNECTED: Final = _kind(0, "This room's game is connected.", "ゲームがすでに接続しています。")
TOO_MANY_BAD_MESSAGES: Final = _kind(
    0,
    "More than 20 messages in 10 s were not valid.",
    "正しくないメッセージが、10 秒間に 20 件を超えました。",
)

# Codes of the balancer (deploy/haproxy), and of the web client when no answer comes in time.
_OF_OTHERS: Final = {
    "bad_request": _kind(
        400, "This is not a valid HTTP request.", "HTTP リクエストが正しくありません。"
    ),
    "request_timeout": _kind(
        408, "The request did not arrive in time.", "リクエストが時間内に届きませんでした。"
    ),
    "bad_gateway": _kind(502, *_FAILED),
    "no_server_ready": _kind(503, *_BUSY),
    "gateway_timeout": _kind(504, *_FAILED),
    "unreachable": _kind(
        0,
        "The server cannot be reached. Try again.",
        "サーバーに接続できません。もう一度お試しください。",
    ),
    "too_late": _kind(
        0,
        "Some presses waited too long and were dropped.",
        "待ち時間が長すぎたため、一部の回数を破棄しました。",
    ),
}

ERRORS: Final[Mapping[str, ErrorKind]] = {
    name.lower(): kind for name, kind in globals().items() if isinstance(kind, ErrorKind)
} | _OF_OTHERS
for _code in ERRORS:
    ERRORS[_code].code = _code


def sentence_of(code: str) -> Sentence:
    """The sentence for an error code, also for one that is not in the table."""
    kind = ERRORS.get(code)
    return kind.sentence if kind else UNKNOWN_CODE.about(code=code)
