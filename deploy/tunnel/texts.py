"""What `streamario up --public` says, in English and Japanese."""

from typing import Final

from shared.wire.languages import Sentence

# Help.
PUBLIC: Final = Sentence(
    "open a public link through a tunnel, so that people outside this network can play",
    "トンネルで公開リンクを開き、このネットワークの外の人も遊べるようにします",
)
PUBLIC_VIA: Final = Sentence(
    "the tunnel, which implies --public: cloudflared, localhost.run, serveo, pinggy, or a command"
    " that contains {port} and prints the URL",
    "使うトンネル（--public を兼ねます）：cloudflared、localhost.run、serveo、pinggy、"
    "または {port} を含み URL を表示するコマンド",
)
PUBLIC_ADDRESSES: Final = Sentence(
    "where the tunnel does not name viewers' IP addresses: how many IP addresses all its viewers"
    " together count for (default: 50)",
    "トンネルが視聴者の IP アドレスを伝えないときに、視聴者全体を IP アドレス何個分と数えるか"
    "（既定値：50）",
)
YES: Final = Sentence("open the public link without asking", "確認せずに公開リンクを開きます")

# What providers state.
CLOUDFLARED_TERMS: Final = Sentence(
    "Cloudflare's quick tunnels are for tests: no uptime is promised, more than 200 requests at"
    " once (about 150 viewers) are refused, Cloudflare's terms of use apply, and each start gets"
    " another URL.",
    "Cloudflare のクイックトンネルは試用のためのものです。稼働は保証されず、同時に 200 件を超える"
    "リクエスト（視聴者 150 人ほど）は拒否されます。Cloudflare の利用規約が適用され、URL は起動の"
    "たびに変わります。",
)
LOCALHOST_RUN_TERMS: Final = Sentence(
    "Free tunnels of localhost.run are slowed down, and their URL changes after a few hours.",
    "localhost.run の無料トンネルには速度制限があり、URL は数時間で変わります。",
)
SERVEO_TERMS: Final = Sentence(
    "serveo.net promises nothing; it may show viewers a warning page of its own first, and each"
    " start may get another URL.",
    "serveo.net は何も保証しません。視聴者に独自の警告ページが先に表示されることや、起動のたびに "
    "URL が変わることがあります。",
)
PINGGY_TERMS: Final = Sentence(
    "Free tunnels of Pinggy end after 60 minutes; the next one has another URL.",
    "Pinggy の無料トンネルは 60 分で切れ、その後は URL が変わります。",
)
OWN_TERMS: Final = Sentence(
    "The terms of whoever runs the other end of this command's tunnel apply.",
    "このコマンドのトンネルを運営する事業者の規約が適用されます。",
)
ONE_ADDRESS: Final = Sentence(
    "It does not name viewers' IP addresses: all viewers share the limits of {addresses} IP"
    " addresses (--public-addresses).",
    "視聴者の IP アドレスは伝わりません。視聴者全体で、IP アドレス {addresses} 個分の上限を"
    "分け合います（--public-addresses）。",
)
QUESTION: Final = Sentence("Open a public link? [y/N] ", "公開リンクを開きますか？ [y/N] ")
AGREED: Final = frozenset({"y", "yes", "はい"})

# While it runs.
PUBLIC_LINK: Final = Sentence("Public link: {url}", "公開リンク：{url}")
NO_LINK_YET: Final = Sentence(
    "There is no public link yet: {provider} has given no URL in {seconds:.0f} s. Trying on; phones"
    " in this network can play. --public-via names another tunnel. Its last words: {words}",
    "公開リンクはまだありません。{provider} が {seconds:.0f} 秒たっても URL を返しません。引き続き"
    "試します。同じネットワークのスマートフォンでは遊べます。別のトンネルは --public-via で"
    "指定できます。最後の出力：{words}",
)
NOT_CONFIRMED: Final = Sentence(
    "The public link does not lead here. Checking on; nothing is wrong in this network.",
    "公開リンクがつながりません。引き続き確認します。このネットワークの中では問題ありません。",
)
TUNNEL_ENDED: Final = Sentence(
    "The tunnel has ended; it is opened again. Its last words: {words}",
    "トンネルが切れたため、開き直しています。最後の出力：{words}",
)
FRONT_ENDED: Final = Sentence(
    "The public link is closed for a moment, and opened again: {why}",
    "公開リンクがいったん閉じたため、開き直しています：{why}",
)
SILENT: Final = Sentence("none", "なし")

# Why it is not opened.
NO_PROVIDER: Final = Sentence(
    "--public: neither cloudflared nor ssh is installed; install one of them",
    "--public：cloudflared も ssh もインストールされていません。どちらかをインストールしてください",
)
NO_PROGRAM: Final = Sentence(
    "--public-via: {program} is not installed",
    "--public-via：{program} がインストールされていません",
)
NO_SUCH_PROVIDER: Final = Sentence(
    "--public-via: {via!r} is neither {names}, nor a command that contains {{port}}",
    "--public-via：{via!r} は {names} のどれでもなく、{{port}} を含むコマンドでもありません",
)
ALREADY_PUBLIC: Final = Sentence(
    "--public: {variable} is set, which says under which URL this server is public; remove one of"
    " the two",
    "--public：このサーバーの公開 URL が {variable} で設定されています。どちらかをやめてください",
)
NOBODY_TO_ASK: Final = Sentence(
    "--public: there is no terminal to ask on; add --yes (make run: YES=1) if you agree",
    "--public：確認できるターミナルがありません。同意するなら --yes（make run では YES=1）を"
    "付けてください",
)
DECLINED: Final = Sentence(
    "nothing was started; without --public, Streamario runs for this network only",
    "起動しませんでした。--public を付けなければ、このネットワークだけで起動します",
)
