"""Every error code of the project, with the sentence that every service, page and terminal shows.

`docs/errors.md` has the same rows, and what to do about each.
"""

from collections.abc import Mapping
from typing import Final

from shared.wire.languages import Sentence
from shared.wire.refusal import ErrorKind


def _kind(status: int, code: str, en: str, ja: str, retry_after_ms: int = 0) -> ErrorKind:
    return ErrorKind(status, code, Sentence(en, ja), retry_after_ms)


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
INVALID_REQUEST: Final = _kind(
    400, "invalid_request", "The request is not valid.", "リクエストが正しくありません。"
)
INVALID_BODY: Final = _kind(
    400, "invalid_body", "The request body is not valid.", "リクエストの本文が正しくありません。"
)
INVALID_QUERY: Final = _kind(
    400, "invalid_query", "A query parameter is not valid.", "クエリの値が正しくありません。"
)
INVALID_PUSH_COUNT: Final = _kind(
    400,
    "invalid_push_count",
    "push_count must be an integer from 1 to 2147483647.",
    "push_count は 1〜2147483647 の整数にしてください。",
)
UNKNOWN_EVENT_TYPE: Final = _kind(
    400,
    "unknown_event_type",
    "The room has no such button.",
    "このルームに、そのボタンはありません。",
)
INVALID_SETTINGS: Final = _kind(
    400, "invalid_settings", "Some settings are not valid.", "正しくない設定があります。"
)
INVALID_MEDIA: Final = _kind(
    400,
    "invalid_media",
    "The picture or sound is not valid.",
    "画像または音声のファイルが正しくありません。",
)
INVALID_HANDLE: Final = _kind(
    400, "invalid_handle", "This handle cannot be used.", "このハンドルは使えません。"
)
NOT_FOUND: Final = _kind(
    404, "not_found", "There is nothing at this URL.", "この URL には何もありません。"
)
METHOD_NOT_ALLOWED: Final = _kind(
    405,
    "method_not_allowed",
    "This URL does not allow this method.",
    "この URL では、このメソッドを使えません。",
)
BODY_TOO_LARGE: Final = _kind(
    413, "body_too_large", "The request body is too large.", "リクエストの本文が大きすぎます。"
)
UNSUPPORTED_MEDIA_TYPE: Final = _kind(
    415,
    "unsupported_media_type",
    "Pictures must be WebP; sounds must be MP3, Ogg or WAV.",
    "画像は WebP、音声は MP3・Ogg・WAV にしてください。",
)

# The client is not allowed to do this.
INVALID_VIEWER: Final = _kind(
    401,
    "invalid_viewer",
    "This viewer ID is not valid. Get a new one and try again.",
    "この視聴者 ID は無効です。新しい ID を取得して、もう一度お試しください。",
)
INVALID_ROOM_TOKEN: Final = _kind(
    401,
    "invalid_room_token",
    "The room token is missing or has expired.",
    "ルームトークンがないか、期限が切れています。",
)
INVALID_GAME_KEY: Final = _kind(
    401,
    "invalid_game_key",
    "Opening a room needs a valid game key.",
    "ルームを開くには、正しいゲームキーが必要です。",
)
INVALID_STUDIO_KEY: Final = _kind(
    401,
    "invalid_studio_key",
    "The studio key is missing or not valid.",
    "スタジオキーがないか、正しくありません。",
)
INVALID_ADMIN_TOKEN: Final = _kind(
    401,
    "invalid_admin_token",
    "This needs the admin token.",
    "管理用のトークン（ADMIN_TOKEN）が必要です。",
)
MISSING_TOKEN: Final = _kind(
    401,
    "missing_token",
    "Resuming a room needs its room token.",
    "ルームに戻るには、ルームトークンが必要です。",
)
MISSING_GAME_KEY: Final = _kind(
    401,
    "missing_game_key",
    "Opening a room needs a game key.",
    "ルームを開くには、ゲームキーが必要です。",
)
FORBIDDEN: Final = _kind(
    403,
    "forbidden",
    "The room token is not valid for this room.",
    "ルームトークンが無効になりました。",
)
INVALID_TOKEN: Final = _kind(
    403,
    "invalid_token",
    "The room token is not this room's, or has expired.",
    "ルームトークンが別のルームのものか、期限が切れています。",
)
ORIGIN_REFUSED: Final = _kind(
    403,
    "origin_refused",
    "Pages of this origin may not do this.",
    "このオリジンのページからは使えません。",
)
FORBIDDEN_ORIGIN: Final = _kind(
    403,
    "forbidden_origin",
    "Games of this origin may not connect.",
    "このオリジンのゲームは接続できません。",
)

# The room does not exist, or its state does not allow the request.
ROOM_NOT_FOUND: Final = _kind(
    404, "room_not_found", "There is no such room.", "このルームはもうありません。"
)
ROOM_OVER: Final = _kind(404, "room_over", "This room is over.", "このルームは終了しました。")
GAME_NOT_STARTED: Final = _kind(
    409, "game_not_started", "No round is running.", "進行中のラウンドがありません。"
)
PAUSED: Final = _kind(
    409, "paused", "The round is paused or its game is away.", "一時停止中か、ゲームが未接続です。"
)
DISABLED: Final = _kind(
    409, "disabled", "This button is switched off.", "このボタンはオフになっています。"
)
UNAVAILABLE: Final = _kind(
    409, "unavailable", "The game cannot use this button.", "ゲームがこのボタンを使えません。"
)
LOG_FULL: Final = _kind(
    409, "log_full", "Too many triggers wait for the game.", "ゲーム待ちのトリガーが多すぎます。"
)
ROOM_NOT_ENDED: Final = _kind(
    409, "room_not_ended", "The round has not ended yet.", "ラウンドはまだ終わっていません。"
)
SETTINGS_MOVED: Final = _kind(
    409, "settings_moved", "The settings have changed meanwhile.", "設定がほかで変更されました。"
)
TOO_MANY_TOKENS: Final = _kind(
    409,
    "too_many_tokens",
    "A room has 20 tokens at most. Revoke one first.",
    "1 つのルームのトークンは 20 個までです。先に 1 つ取り消してください。",
)
TOO_MANY_BLOCKED: Final = _kind(
    409,
    "too_many_blocked",
    "This room blocks as many viewers as it may. Unblock some first.",
    "このルームではこれ以上ブロックできません。先にだれかのブロックを解除してください。",
)
HANDLE_TAKEN: Final = _kind(
    409, "handle_taken", "This handle is taken.", "このハンドルはすでに使われています。"
)

# The client exceeds a limit.
STUDIO_FULL: Final = _kind(
    409,
    "studio_full",
    "The studio is full. Delete setups that you do not need any more.",
    "スタジオにこれ以上保存できません。使わないセットアップを削除してください。",
)
RATE_LIMITED: Final = _kind(
    429,
    "rate_limited",
    "Too many requests. Wait a little and try again.",
    "リクエストが多すぎます。しばらく待ってお試しください。",
    retry_after_ms=1000,
)
TOO_MANY_ATTACHES: Final = _kind(
    429,
    "too_many_attaches",
    "The game connected to this room more than 5 times in 10 s.",
    "このルームへのゲームの接続が、10 秒間に 5 回を超えました。",
    retry_after_ms=10_000,
)
REFUSED_TOO_OFTEN: Final = _kind(
    429,
    "refused_too_often",
    "This game was refused 20 times in 10 s.",
    "ゲームの接続が、10 秒間に 20 回拒否されました。",
)
TOO_MANY_SOCKETS_OF_ADDRESS: Final = _kind(
    429,
    "too_many_sockets_of_address",
    "Too many pages are open from this IP address.",
    "同じ IP アドレスで開いているページが多すぎます。",
    retry_after_ms=10_000,
)

# The server failed, or is unavailable for now.
INTERNAL_ERROR: Final = _kind(500, "internal_error", *_FAILED)
OVERLOADED: Final = _kind(503, "overloaded", *_BUSY, retry_after_ms=1000)
TOO_MANY_SOCKETS: Final = _kind(503, "too_many_sockets", *_BUSY, retry_after_ms=5000)
BUSY: Final = _kind(503, "busy", *_BUSY, retry_after_ms=1000)
STORE_UNAVAILABLE: Final = _kind(
    503,
    "store_unavailable",
    "The server is temporarily unavailable. Try again in a moment.",
    "サーバーが一時的に使えません。少し待ってお試しください。",
    retry_after_ms=1000,
)
LEDGER_FULL: Final = _kind(
    503,
    "ledger_full",
    "The server is behind with recording presses. Try again in a moment.",
    "記録が追いついていません。少し待ってお試しください。",
    retry_after_ms=1000,
)
RESULTS_PENDING: Final = _kind(
    503, "results_pending", "The results are being added up…", "集計しています…", 1000
)
DRAINING: Final = _kind(
    503,
    "draining",
    "The server is restarting. Connect again.",
    "サーバーが再起動しています。もう一度接続してください。",
    retry_after_ms=1000,
)

# On a game's socket, which stays open.
BAD_MESSAGE: Final = _kind(
    0, "bad_message", "The message is not valid.", "メッセージが正しくありません。"
)
UNKNOWN_TYPE: Final = _kind(
    0,
    "unknown_type",
    "The server does not know this type of message and ignores it.",
    "サーバーが知らない種類のメッセージなので、無視されます。",
)
BAD_ACK: Final = _kind(
    0,
    "bad_ack",
    "This number has not been sent on this socket.",
    "この番号は、この接続ではまだ送られていません。",
)
BAD_OUTCOME: Final = _kind(
    0,
    "bad_outcome",
    "The room has no trigger with this number from the last ten minutes.",
    "この番号のトリガーは、直近 10 分のこのルームにありません。",
)

# Before a socket is closed.
GOING_AWAY: Final = _kind(
    0, "going_away", "The server closed the connection.", "サーバーが接続を閉じました。"
)
MESSAGE_TOO_BIG: Final = _kind(
    0,
    "message_too_big",
    "A message may be 64 KiB at most.",
    "メッセージが大きすぎます（64 KiB まで）。",
)
REPLACED: Final = _kind(
    0,
    "replaced",
    "Another game or window took over this room.",
    "別のゲームかウィンドウが操作を引き継ぎました。",
)
GAME_CONNECTED: Final = _kind(
    0, "game_connected", "This room's game is connected.", "ゲームがすでに接続しています。"
)
TOO_MANY_BAD_MESSAGES: Final = _kind(
    0,
    "too_many_bad_messages",
    "More than 20 messages in 10 s were not valid.",
    "正しくないメッセージが、10 秒間に 20 件を超えました。",
)

# Codes of the balancer (deploy/haproxy), and of the web client when no answer comes in time.
_OF_OTHERS: Final = (
    _kind(
        400,
        "bad_request",
        "This is not a valid HTTP request.",
        "HTTP リクエストが正しくありません。",
    ),
    _kind(
        408,
        "request_timeout",
        "The request did not arrive in time.",
        "リクエストが時間内に届きませんでした。",
    ),
    _kind(502, "bad_gateway", *_FAILED),
    _kind(503, "no_server_ready", *_BUSY),
    _kind(504, "gateway_timeout", *_FAILED),
    _kind(
        0,
        "unreachable",
        "The server cannot be reached. Try again.",
        "サーバーに接続できません。もう一度お試しください。",
    ),
    _kind(
        0,
        "too_late",
        "Some presses waited too long and were dropped.",
        "待ち時間が長すぎたため、一部の回数を破棄しました。",
    ),
)

ERRORS: Final[Mapping[str, ErrorKind]] = {
    kind.code: kind for kind in (*globals().values(), *_OF_OTHERS) if isinstance(kind, ErrorKind)
}


def sentence_of(code: str) -> Sentence:
    """The sentence for an error code, also for one that is not in the table."""
    kind = ERRORS.get(code)
    return kind.sentence if kind else UNKNOWN_CODE.about(code=code)
