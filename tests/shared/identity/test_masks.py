"""Words that are masked in names: every spelling of them, and nothing else."""

import gc
import tracemalloc
from weakref import WeakSet

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity import masks
from shared.identity.masks import MASK, NameMask, WordTree
from shared.identity.names import MAX_CODE_POINTS, clean_name
from shared.identity.word_lists import HARMLESS, OFFENSIVE

BUILT_IN = NameMask(())


def test_an_offensive_word_is_masked_however_it_is_spelled() -> None:
    shown = {
        "FuCk you": "*** you",
        "fuuuuck": MASK,
        "sh1t": MASK,
        "$h!t happens": "*** happens",
        "ＡＳＳ": MASK,
        "fùck": MASK,
        "fu\u0308ck": MASK,
        "assss": MASK,
        "xX-fuck-Xx": "xX-***-Xx",
        "fuck42": "***42",
        "👍🏽fuck👍": "👍🏽***👍",
        "fuckさん": "***さん",
        "ファックさん": "***さん",
        "ﾁﾝｺ": MASK,
        "ちいんこ・ちんこ": "ちいんこ・***",
        "世界の死ね": "世界の***",
        "しね": MASK,
        "シネw": "***w",
        "panda しね！": "panda ***！",
        "kill yourself now": "*** now",
    }
    assert {name: BUILT_IN.masked(name) for name in shown} == shown


INNOCENT = """
Scunthorpe Penistone classic Assassin Dickens Cockburn Essex as Bob1 シネマ おいしいね パチンコ好き
ワンマンコンサート マンゴー エセックス プレイプラン ドレイプ 外国人 ガイジンさん あなるほど
ファンタジー なめこ フック船長 山田太郎 0123456789 *** 🎮🕹️ ファックス スレイプニル セックステット
クレイプ カチンコ 男性交流会 女性交代 異性交流 源氏ねこ 平氏ねずみ 郷土人形 国土人口 池沼さん
よしね 糞ころがし まちがいじゃん ねがいじぞう きんたまご アナルコ xXx_Neo_xXx
"""


def test_a_name_that_only_contains_its_letters_stays() -> None:
    assert [BUILT_IN.masked(name) for name in INNOCENT.split()] == INNOCENT.split()


def test_a_room_has_words_of_its_own() -> None:
    shown = {
        ("りんご", "ﾘﾝｺﾞ飴"): "***飴",
        ("山田", "山田太郎"): "***太郎",
        ("Bob", "b0b, bobby"): "***, bobby",
        ("69", "gamer69"): "gamer***",
        ("Main Street", "12 MAIN street"): "12 ***",
        ("kkk", "kkkk kk"): "*** kk",
        ("🐍", "a🐍🐍b"): "a***b",
        ("ß", "Strauss"): "Strauss",
        ("한국", "대한국민"): "대***민",
    }
    assert {(word, name): NameMask((word,)).masked(name) for word, name in shown} == shown


def test_every_built_in_word_is_masked() -> None:
    assert {BUILT_IN.masked(word) for word in OFFENSIVE} == {MASK}


def test_every_harmless_word_stays_and_is_needed() -> None:
    assert [word for word in HARMLESS if BUILT_IN.masked(word) != word] == []
    offensive = WordTree(OFFENSIVE)
    assert [w for w in HARMLESS if not list(offensive.spans(masks._streaks(w), w))] == []


@given(st.text(max_size=MAX_CODE_POINTS), st.lists(st.text(min_size=1, max_size=8), max_size=5))
def test_any_name_is_shown_in_at_most_its_length(raw: str, words: list[str]) -> None:
    name = clean_name(raw)
    shown = NameMask(words).masked(name)
    assert len(shown) <= MAX_CODE_POINTS
    assert shown == name or MASK[0] in shown


def test_a_longer_list_takes_no_longer() -> None:
    """The work for a name is bounded by its length, whatever the words are."""
    words = [
        f"{'ab' * length}{letter}" for length in range(1, 12) for letter in "cdefghijklmnopqrst"
    ]
    looked = []

    class Counted(WordTree):
        def _longest(self, *arguments: object) -> int:
            looked.append(arguments)
            return super()._longest(*arguments)  # type: ignore[arg-type]

    tree = Counted(words)
    name = "ab" * (MAX_CODE_POINTS // 2)
    assert list(tree.spans(masks._streaks(name), name)) == []
    assert len(looked) <= MAX_CODE_POINTS


@pytest.mark.parametrize(
    "letter", ["ab", "\ufdfa"], ids=["32 letters", "letters that unfold to 18"]
)
def test_a_mask_says_at_least_what_it_takes(letter: str) -> None:
    words = [f"{n:03}{letter * 32}"[:32] for n in range(200)]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        mask = NameMask(words)
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert taken <= mask.size <= 2 * taken


def test_names_that_were_masked_keep_no_mask_in_memory() -> None:
    made = [NameMask((f"panda{n}",)) for n in range(20)]
    assert [mask.masked(f"panda{n}") for n, mask in enumerate(made)] == [MASK] * 20
    alive = WeakSet(made)
    made.clear()
    gc.collect()
    assert len(alive) == 0
