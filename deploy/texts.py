"""What `streamario` itself says, in English and Japanese: its commands, and why a start fails.

The log stays in English. So do argparse's own errors, and what Redis, PostgreSQL, the system or a
setting's check says: a sentence here puts it in context.
"""

from collections.abc import Mapping
from typing import Final

from shared.wire.languages import Sentence

DESCRIPTION: Final = Sentence(
    "Viewers press buttons on a web page; a Unity game receives the triggers.",
    "視聴者が Web ページのボタンを押し、Unity ゲームがトリガーを受け取ります。",
)
EPILOG: Final = Sentence(
    "Settings come from environment variables; .env supplies those that are not set.",
    "設定は環境変数から読み込みます。環境変数にないものは .env から読み込みます。",
)
VERSION: Final = Sentence("print the version", "バージョンを表示します")
COMMANDS: Final[Mapping[str, Sentence]] = {
    "up": Sentence(
        "run API, gateway and ledger; start Redis and PostgreSQL unless their URLs are set",
        "API、ゲートウェイ、台帳を起動します。URL が未設定なら、Redis と PostgreSQL も起動します",
    ),
    "serve": Sentence(
        "run the services that MODE names: api, ws or both",
        "MODE（api、ws、both）のサービスを起動します",
    ),
    "api": Sentence("run the API service only", "API サービスだけを起動します"),
    "gateway": Sentence("run the gateway only", "ゲートウェイだけを起動します"),
    "ledger": Sentence(
        "run only the API service's background duties",
        "API サービスのバックグラウンド処理だけを起動します",
    ),
    "health": Sentence(
        "exit with 0 if the services that MODE names are alive",
        "MODE のサービスが動いていれば、終了ステータス 0 を返します",
    ),
    "migrate": Sentence(
        "bring the PostgreSQL schema up to date", "PostgreSQL のスキーマを最新にします"
    ),
    "game": Sentence(
        "run a stand-in game in the terminal", "ターミナルで、ゲームの代役を動かします"
    ),
    "simulate": Sentence(
        "simulate viewers who press a room's buttons",
        "ルームのボタンを押す大勢の視聴者を再現します",
    ),
    "audit": Sentence(
        "check that a room's recorded presses and triggers add up",
        "ルームに記録された押下とトリガーの合計が合うかを調べます",
    ),
}

# `streamario up`.
APIS: Final = Sentence(
    "how many API processes share PORT (default: 1); each can use a core",
    "PORT を共有する API プロセスの数（既定値：1）。1 つのプロセスが CPU コアを 1 つまで使います",
)
VERBOSE: Final = Sentence(
    "also print the API's URL, the data folder, and the Redis CLI command that opens its Redis",
    "API の URL、データのフォルダー、Redis CLI で接続するコマンドも表示します",
)
RUNNING: Final = Sentence(
    "Streamario is running. Press Ctrl-C to stop it.",
    "Streamario が起動しました。Ctrl-C で終了します。",
)
CONSOLE: Final = Sentence("console", "コンソール")
API: Final = Sentence("API", "API")
GAME_SOCKET: Final = Sentence("game socket", "ゲーム接続先")
DATA: Final = Sentence("data", "データ")
REDIS_CLI: Final = Sentence("Redis CLI", "Redis CLI")
NEXT: Final = Sentence(
    "Next: open the console in a browser, or run these in two more terminals:",
    "次に、ブラウザーでコンソールを開くか、別の 2 つのターミナルで次を実行してください。",
)
A_GAME: Final = Sentence(
    "a stand-in game: opens a room and prints its triggers",
    "ゲームの代役：ルームを開き、トリガーを表示します",
)
A_CROWD: Final = Sentence(
    "simulated viewers, who press the room's buttons",
    "大勢の視聴者：ルームのボタンを押します",
)
STOPPING: Final = Sentence(
    "Stopping ... Press Ctrl-C again to stop at once.",
    "終了しています… もう一度 Ctrl-C を押すと、すぐに終了します。",
)

# Other commands.
MIGRATED: Final = Sentence("The schema is up to date.", "スキーマは最新です。")
NOT_HEALTHY: Final = Sentence(
    "{variable}: no healthy service on {host}, port {port}: {why}",
    "{variable}：{host} のポート {port} で、正常なサービスが見つかりません：{why}",
)
NO_ANSWER: Final = Sentence(
    "no answer within {seconds:g} s", "{seconds:g} 秒以内に応答がありません"
)
NO_HTTP_ANSWER: Final = Sentence("no HTTP answer ({error})", "HTTP の応答ではありません（{error}）")
ODD_STATUS: Final = Sentence("status {status}", "ステータス {status}")

# Why a start fails.
BAD_SETTING: Final = Sentence("{why}", "設定に誤りがあります：{why}")
NOT_SET: Final = Sentence(
    "{variable} is not set; only `streamario up` starts its own servers and creates its own secret",
    "{variable} が未設定です。サーバーと秘密鍵を自動で用意するのは `streamario up` だけです",
)
PORT_IN_USE: Final = Sentence(
    "{variable}: port {port} is in use; stop the program that listens there, or set {variable} to"
    " another port",
    "{variable}：ポート {port} は使用中です。使っているプログラムを終了するか、{variable} に"
    "別のポートを設定してください",
)
CANNOT_LISTEN: Final = Sentence(
    "HOST: cannot listen on {host}, port {port} ({variable}): {why}",
    "HOST：{host} のポート {port}（{variable}）で待ち受けできません：{why}",
)
UNFIT: Final = Sentence("{why}", "このサーバーは使えません：{why}")
UNREACHABLE: Final = Sentence("DATABASE_URL: {why}", "DATABASE_URL：接続できません：{why}")
NOT_MIGRATED: Final = Sentence(
    "DATABASE_URL: this database cannot hold Streamario's tables: {why}",
    "DATABASE_URL：このデータベースには Streamario のテーブルを作れません：{why}",
)
NO_DATA_FOLDER: Final = Sentence(
    "{path}: cannot use this data folder: {why}",
    "{path}：データを置けないフォルダーです：{why}",
)
IN_USE: Final = Sentence(
    "{path} is in use by process {process}; stop it or choose another DATA_DIR",
    "{path} はプロセス {process} が使用中です。終了するか、DATA_DIR を別のフォルダーにしてください",
)
UNKNOWN: Final = Sentence("unknown", "（不明）")
NOT_PRIVATE: Final = Sentence(
    "{path} is not a folder that only you can use; remove it",
    "{path} はほかの人も使えるフォルダーです。削除してください",
)
NO_VALKEY: Final = Sentence(
    "no Valkey or Redis 7.2 or later is installed; {hint}",
    "Valkey か Redis の 7.2 以降がインストールされていません。{hint}",
)
NO_POSTGRESQL: Final = Sentence(
    "no PostgreSQL server is installed; {hint}",
    "PostgreSQL のサーバーがインストールされていません。{hint}",
)
NO_CADDY: Final = Sentence(
    "no Caddy 2.11 or later is installed; {hint}",
    "Caddy の 2.11 以降がインストールされていません。{hint}",
)
NO_SETPRIV: Final = Sentence(
    "PostgreSQL refuses to run as root, and setpriv (of util-linux) is not installed;"
    " install it, or start as another user",
    "PostgreSQL は root では動きません。setpriv（util-linux）もインストールされていません。"
    "インストールするか、別のユーザーで起動してください",
)
API_SERVICE: Final = Sentence("the API", "API")
GATEWAY: Final = Sentence("the gateway", "ゲートウェイ")
LEDGER: Final = Sentence("the ledger", "台帳")
SERVICE_ENDED: Final = Sentence(
    "{name} (process {process}) ended unexpectedly: {how}",
    "{name}（プロセス {process}）が予期せず終了しました：{how}",
)
BY_SIGNAL: Final = Sentence("signal {signal}", "シグナル {signal}")
WITH_STATUS: Final = Sentence("exit status {status}", "終了ステータス {status}")
GUARD_FAILED: Final = Sentence(
    "the guard did not start: {log}", "監視プロセスが起動しませんでした：{log}"
)
SERVER_ENDED: Final = Sentence(
    "{name} ended unexpectedly: {log}", "{name} が予期せず終了しました：{log}"
)
INITDB_FAILED: Final = Sentence("initdb failed: {log}", "initdb が失敗しました：{log}")
SERVER_DID_NOT_START: Final = Sentence(
    "{name} did not start: {log}", "{name} が起動しませんでした：{log}"
)
SERVER_SILENT: Final = Sentence(
    "{name} did not answer within {seconds:.0f} s: {log}",
    "{name} が {seconds:.0f} 秒以内に応答しませんでした：{log}",
)
