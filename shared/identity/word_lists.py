"""The built-in lists of words that names are masked for, in English and Japanese; reserved handles.

Short on purpose: insults, slurs and sexual words that nobody wants on a stream. Rooms add their
own. Japanese words are found inside others, so each must be rare there; what still contains one
without harm is in `HARMLESS`.
"""

from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ENGLISH: Final = _words("""
anal arse arsehole arseholes ass asses asshat asshole assholes bastard bastards bitch bitches
bitching blowjob blowjobs bollocks boner bullshit buttplug chink chinks clit cock cocks cocksucker
cocksuckers coon coons creampie cum cumshot cumming cunt cunts deepthroat dickhead dickheads dildo
dildos dipshit dumbass dyke ejaculate fag faggot faggots fags fck fcking fellatio fuck fucked fucker
fuckers fuckface fuckin fucking fuckoff fucks fuckyou fuk fuking gangbang gook gooks gtfo handjob
hentai hitler jackoff jerkoff jizz kike kikes kys milf motherfucker motherfuckers motherfucking
nazi nazis nigga niggas nigger niggers orgasm paedo paedophile paki pedo pedophile pedophiles penis
phuck piss pissed porn porno pornhub pussies pussy rape raped rapist rapists retard retarded retards
rimjob scrotum sex shemale shit shite shithead shits shitty siegheil slut sluts slutty spic spics
stfu sucker tits titties tranny trannies twat twats vagina wank wanker wankers wetback whore whores
chinko manko kichigai
""")
ENGLISH_PHRASES: Final = ("heil hitler", "sieg heil", "kill yourself", "son of a bitch")

JAPANESE: Final = _words("""
ちんこ ちんぽ おちんちん まんこ おめこ きんたま くりとりす ぺにす あなる せっくす せくーす おなにー
ふぇらちお くんにりんぐす ぱいずり すかとろ ざーめん だっちわいふ れいぷ ふぁっく まざーふぁっかー
やりまん やりちん くそびっち おっぱい ぽるのさいと えろどうが でりへる そーぷらんど
きちがい がいじ ちゃんころ えたひにん くそやろう ひとらー
中出し 手コキ 精液 射精 勃起 自慰 陰茎 陰毛 膣 乳首 巨乳 肛門 淫乱
肉便器 性交 乱交 強姦 輪姦 売春
援交 児童ポルノ 近親相姦 獣姦 うんこ野郎 クソ野郎 死ね 氏ね タヒね 殺すぞ ぶっ殺 自殺しろ
くたばれ 基地外 支那人 鮮人 障害者死
""")

# Masked only where no Japanese letters touch them: within others they are parts of ordinary words.
JAPANESE_ALONE: Final = _words("しね ころす きえろ")

OFFENSIVE: Final = (*ENGLISH, *ENGLISH_PHRASES, *JAPANESE)

# Words that contain one of the Japanese ones: slingshots, solo concerts, Essex, foreigners…
HARMLESS: Final = _words("""
ぱちんこ まんこん まんこー まんこみ まんこれ まんこす えせっくす させっくす どるせっくす あなるほど
せっくすてっと ふぁっくす ぷれいぷ どれいぷ ぐれいぷ すれいぷ くれいぷ かちんこ きんたまご あなるこ
がいじん がいじゅ ちがいじ ねがいじ はぺにす らざーめん 鮮人参 膣前庭
男性交 女性交 異性交 源氏ね 平氏ね
""")

# Handles that nobody gets: what is a path or a role here, might become one, or would speak for the
# service. Without `-` and `_`.
RESERVED_HANDLES: Final = frozenset(
    _words("""
abuse account accounts admin administrator admins all announcement api app assets audience auth
billing blog bot bots cdn code codes community config console contact dashboard demo dev developer
developers docs download events everybody everyone example faq feed feedback game games getviewerid
guest handle handles health healthz help home host hosts http https index info join legal live livez
localhost login logout mail mailerdaemon main media metrics mod moderate moderation moderator
moderators mods name names new news nobody noreply notice null official openapi overlay overlays
owner owners password play player players policy postmaster press pricing privacy public readyz
register report results robots room rooms root round rounds search security self server service
settings setup setups share shop signin signout signup site source sources staff stage static stats
status store stream streamer streamers streams studio studios support sysadmin system team terms
test token tokens trigger triggers undefined update updates user users verified viewer viewers vote
votes webmaster wellknown wsfeed wsunity wsviewer www you
""")
)
# Words and names of their own, though they look like `all` or `mail`.
ORDINARY_HANDLES: Final = frozenset(_words("ail ali mali mall"))
