"""The texts of `streamario simulate`."""

from collections.abc import Mapping
from typing import Final

from shared.wire.languages import Sentence

DESCRIPTION: Final = Sentence(
    "A crowd of viewers that presses a room's buttons, some buttons more than others. While no"
    " round runs, they join with their names, and wait for the next, unless a press opens it.",
    "ルームのボタンを押す大勢の視聴者を再現します。人気はボタンによって違います。"
    "ラウンド中でなければ、名前を付けて参加し、次の開始を待ちます（押下で始まるときは待ちません）。",
)

# Its options.
ROOM: Final = Sentence(
    "the room's code or id (default: the room of the last `streamario game`)",
    "ルームのコードか ID（既定値：直前の `streamario game` のルーム）",
)
URL: Final = Sentence(
    "the API's URL (default: PUBLIC_API_URL, else PORT on this machine)",
    "API の URL（既定値：PUBLIC_API_URL、なければこのマシンの PORT）",
)
HOW_MANY: Final = Sentence("how many viewers (default: 50)", "視聴者の数（既定値：50）")
RATE: Final = Sentence(
    "presses per second of each viewer (default: 1)", "1 人が 1 秒に押す回数（既定値：1）"
)
DURATION: Final = Sentence(
    "how long to press; 0: until Ctrl-C (default: 20)",
    "押し続ける秒数。0 なら Ctrl-C まで（既定値：20）",
)
BUTTONS: Final = Sentence(
    "which buttons, such as skill1,enemy1 (default: all that are on)",
    "押すボタン。例：skill1,enemy1（既定値：使えるボタンすべて）",
)
BATCH_INTERVAL: Final = Sentence(
    "how long each viewer gathers presses for a batch (default: as the server asks, 0.3 to 5)",
    "押した分をまとめて送る間隔の秒数（既定値：サーバーが求める 0.3〜5）",
)

# Why there is nothing to press.
NO_ROOM_FILE: Final = Sentence(
    "no room in {path}: give --room with the code that the console shows, or start"
    " `streamario game`",
    "{path} にルームがありません。コンソールに表示されるコードを --room で指定するか、"
    "`streamario game` を起動してください",
)
NO_SERVER: Final = Sentence(
    "no API service answers at {url} ({why}); is it running?",
    "{url} の API サービスから応答がありません（{why}）。起動しているか確かめてください",
)
NO_ROOM: Final = Sentence("there is no room {room}", "ルーム {room} はありません")
ROOM_OVER: Final = Sentence(
    "room {room} is over: no round begins there any more",
    "ルーム {room} は終了しています。次のラウンドは始まりません",
)
NO_BUTTON: Final = Sentence(
    "the room has no button {missing}; it has {known}",
    "ルームにボタン {missing} はありません。あるのは {known} です",
)
NOT_THE_API: Final = Sentence(
    "{url} is not the API service. Is that the gateway's port?",
    "{url} は API サービスではありません。ゲートウェイのポートではありませんか",
)
ROOM_REFUSED: Final = Sentence(
    "the API service answers {status} when asked for the room",
    "ルームを問い合わせましたが、API サービスの応答は {status} でした",
)
VIEWER_REFUSED: Final = Sentence(
    "the API service answers {status} to a new viewer",
    "新しい視聴者を登録できません。API サービスの応答は {status} でした",
)

# While it runs.
ONE_JOINED: Final = Sentence("1 viewer has joined", "視聴者 1 人が参加しました")
JOINED: Final = Sentence("{count:,} viewers have joined", "視聴者 {count:,} 人が参加しました")
WAITING: Final = Sentence(
    "{joined}; waiting for the round. Ctrl-C gives up.",
    "{joined}。ラウンドの開始を待っています。Ctrl-C で中止できます。",
)
JOINED_SLOWLY: Final = Sentence(
    "{joined}; the API limits new ones of one address (VIEWERS_PER_ADDRESS)",
    "{joined}。同じ IP アドレスからの新しい視聴者は API が制限します（VIEWERS_PER_ADDRESS）",
)
PROGRESS: Final = Sentence(
    "{seconds:.0f} s · sent {sent:,} · accepted {accepted:,} · rejected {rejected:,}{reasons}"
    " · triggers {triggers:,} · errors {errors:,} · {rate:,.0f} answers/s",
    "{seconds:.0f} 秒 · 送信 {sent:,} · 受理 {accepted:,} · 拒否 {rejected:,}{reasons}"
    " · トリガー {triggers:,} · エラー {errors:,} · 応答 {rate:,.0f} 件/秒",
)
AWAY: Final = Sentence(
    "The server does not answer. Trying again for a few minutes; Ctrl-C gives up.",
    "サーバーから応答がありません。数分間、つながるまで試します。Ctrl-C で中止できます。",
)
AWAY_TOO_LONG: Final = Sentence(
    "The server has not answered for minutes: no more was tried.",
    "サーバーから数分間応答がなかったので、中止しました。",
)
ROUND_OVER: Final = Sentence(
    "The round is over. `s` in the game's terminal, or the console, starts the next.",
    "ラウンドは終わりました。"
    "次のラウンドは、ゲームのターミナルの s キーか、コンソールで開始できます。",
)
ROOM_GONE: Final = Sentence("The room is gone.", "ルームがなくなりました。")

# The account at the end.
PRESSES_SENT: Final = Sentence("presses sent", "送信した回数")
SENT: Final = Sentence(
    "{sent:,} by {viewers} in {seconds:.1f} s",
    "{sent:,}（{viewers}、{seconds:.1f} 秒）",
)
ACCEPTED: Final = Sentence("accepted", "受理")
REJECTED: Final = Sentence("rejected", "拒否")
REFUSED: Final = Sentence("refused", "エラー応答")
AFTER_END: Final = Sentence("after the end", "終了後")
UNANSWERED: Final = Sentence("unanswered", "応答なし")
TRIGGERS: Final = Sentence("triggers", "トリガー")
ANSWERS: Final = Sentence("answers", "応答")
ANSWERED: Final = Sentence(
    "{answers:,} ({rate:,.0f}/s), {duplicates:,} of them duplicates",
    "{answers:,}（{rate:,.0f} 件/秒）、うち重複 {duplicates:,}",
)
ERRORS: Final = Sentence("errors", "エラー")
LATENCY: Final = Sentence("latency", "応答時間")
LATENCIES: Final = Sentence(
    "p50 {p50:.1f} ms · p95 {p95:.1f} ms · p99 {p99:.1f} ms · max {longest:.1f} ms",
    "p50 {p50:.1f} ms · p95 {p95:.1f} ms · p99 {p99:.1f} ms · 最大 {longest:.1f} ms",
)
# Why no answer came, as `http_client` counts it.
UNANSWERED_BECAUSE: Final[Mapping[str, str]] = {
    "no answer in time": "時間内に応答なし",
    "no connection in time": "時間内に接続できず",
    "the answer is no HTTP": "HTTP でない応答",
    "the server closed the connection": "サーバーによる切断",
}
