"""Batches mean the same whether an entry holds one, as in release 0.1.0, or a whole call's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api_service.ledger.booking import Run
from api_service.ledger.posting_functions import Booked
from shared.engine.ledger_entries import BatchesCounted, decode_entry
from shared.engine.shard_ledger import EntryId
from shared.wire.room_settings import Multiplier
from tests.api_service.audit.calls import as_call, text_of
from tests.api_service.audit.counted_room import CountedRoom, Pressed, in_calls, in_old_form
from tests.api_service.audit.falsified import FALSIFIED, Falsification
from tests.api_service.audit.journals import (
    opened,
    pressed,
    replayed_texts,
    started,
)
from tests.shared.engine.rooms import button, playing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from api_service.ledger.postings import Postings

    Draw = Callable[[st.SearchStrategy[Any]], Any]

BUTTONS = ("skill1", "skill2", "enemy1")
SETTINGS = playing(
    button("skill1", 5),
    button("skill2", 1),
    button("enemy1", 3, cooldown_ms=1_000),
    multipliers=(Multiplier(up_to=5, factor=1.0), Multiplier(up_to=10, factor=2.0)),
)
BATCHES = st.builds(
    Pressed,
    st.integers(0, 5),
    st.dictionaries(st.sampled_from(BUTTONS), st.integers(1, 20), min_size=1),
)
CALLS = st.tuples(
    st.sampled_from((0, 1, 400, 1_000, 60_000)), st.integers(1, 10), st.lists(BATCHES, max_size=8)
)


@st.composite
def rooms(draw: Draw) -> CountedRoom:
    """A room with calls, pauses, and logs that fill up; its first call fires."""
    room = CountedRoom(SETTINGS)
    room.call(0, 1, [Pressed(1, {"skill1": 7, "skill2": 2}), Pressed(2, {"enemy1": 1})])
    for step in draw(st.lists(CALLS | st.sampled_from(("pause", "resume", "full")), max_size=12)):
        if step == "pause":
            room.pause()
        elif step == "resume":
            room.resume()
        elif step == "full":
            room.acknowledge(draw(st.integers(0, 4)))
        else:
            room.call(*step)
    return room


def in_both_forms(room: CountedRoom, draw: Draw) -> list[str]:
    """Each call is cut into parts, and each part is written in either form."""
    texts: list[str] = []
    for each in room.journal:
        if not isinstance(each, list):
            texts.append(text_of(each))
            continue
        rest = each
        while rest:
            size = draw(st.integers(1, len(rest)))
            part, rest = rest[:size], rest[size:]
            texts += map(text_of, part if draw(st.booleans()) else [as_call(part)])
    return texts


def posted(texts: Sequence[str]) -> Postings:
    """The rows of entries, without those of the journal."""
    run = Run("00", EntryId(7, 0))
    run.add([Booked(f"7-{n}", text, decode_entry(text)) for n, text in enumerate(texts, start=1)])
    run.postings.carry_accounts({})
    assert (run.gaps, run.postings.missed, run.postings.forgotten) == (0, 0, 0)
    assert [text for row in run.postings.journal for text in row.texts] == list(texts)
    return replace(run.postings, journal=[], last_rows={})


@given(rooms(), st.data())
def test_the_form_of_entries_changes_neither_rows_nor_accounts(
    room: CountedRoom, data: st.DataObject
) -> None:
    old = in_old_form(room)
    rows, counted = posted(old), replayed_texts(text.encode() for text in old)
    assert counted.differences == ()
    for texts in (in_calls(room), in_both_forms(room, data.draw)):
        assert posted(texts) == rows
        again = replayed_texts(text.encode() for text in texts)
        assert again.differences == ()
        assert (again.replay.whole, again.replay.unchecked) == (True, 0)
        for name in ("rounds", "presses", "triggers", "first_at", "last_at"):
            assert getattr(again.replay, name) == getattr(counted.replay, name)
        assert again.replay.numbering.seq == counted.replay.numbering.seq


@pytest.mark.parametrize("form", [in_old_form, in_calls])
@pytest.mark.parametrize("falsification", FALSIFIED.values(), ids=FALSIFIED)
@settings(max_examples=50)
@given(room=rooms(), data=st.data())
def test_whatever_is_falsified_in_a_batch_is_found_in_either_form(
    form: Callable[[CountedRoom], list[str]],
    falsification: Falsification,
    room: CountedRoom,
    data: st.DataObject,
) -> None:
    """The first difference is at the falsified entry."""
    decoded = [msgspec.json.decode(text) for text in form(room)]
    at = data.draw(
        st.sampled_from([n for n, entry in enumerate(decoded) if falsification.fits(entry)])
    )
    falsification.apply(decoded[at])
    first = replayed_texts(map(msgspec.json.encode, decoded)).differences[0]
    assert first.place is not None
    assert first.place.position == at + 1


@given(rooms())
def test_an_entry_of_the_old_form_is_read_as_a_call_with_one_batch(room: CountedRoom) -> None:
    batches = [batch for each in room.journal if isinstance(each, list) for batch in each]
    for batch in batches:
        read = decode_entry(msgspec.json.encode(batch))
        assert read == batch.as_call == as_call([batch])
        assert read == decode_entry(text_of(as_call([batch])))


def test_what_a_later_release_adds_is_ignored() -> None:
    text = (
        b'["batches","room",5,1,3,0,9,1,[["skill1",4,0,"new"]],'
        b'[["ann",[[0,3]]],["bob",[[0,1]],"Bob",[["skill1",4,7,"new"]],"new"]],"new",{}]'
    )
    entry = decode_entry(text)
    assert isinstance(entry, BatchesCounted)
    assert entry.accepted == [4]
    assert [fired.seq for fired in entry.fired] == [7]
    assert [(batch.viewer_id, batch.name) for batch in entry.batches] == [
        ("ann", None),
        ("bob", "Bob"),
    ]


@pytest.mark.parametrize("place", [1, -1])
def test_a_batch_that_pressed_a_button_which_its_call_does_not_list_cannot_be_read(
    place: int,
) -> None:
    text = f'["batches","room",5,1,3,0,9,1,[["skill1",4,0]],[["ann",[[{place},3]]]]]'
    with pytest.raises(msgspec.ValidationError):
        decode_entry(text)
    assert replayed_texts([text.encode()]).kinds == ["unreadable entry"]


def test_a_difference_tells_which_batch_of_its_call_it_is_in() -> None:
    batches = [
        pressed(("skill1", 3, 3, 3)),
        pressed(("skill1", 4, 7, 2), fired=[("skill1", 6, 1)]),
    ]
    journal: list[str] = [*map(text_of, (opened(), started())), text_of(as_call(batches))]
    (found,) = replayed_texts(text.encode() for text in journal).differences
    assert found.sentence == "batch 2 of 2: skill1 at 6 fires, skill1 at 5 by rule"
    assert found.place is not None
    assert found.place.position == 3


def test_a_full_call_costs_the_ledger_less_than_sixty_bytes_a_batch() -> None:
    """Viewer ids have 26 characters."""
    batches = [
        msgspec.structs.replace(pressed(("skill1", 3, 3 * n, n)), viewer_id=f"01J{n:023}")
        for n in range(1, 51)
    ]
    assert len(text_of(as_call(batches))) / len(batches) < 45
    assert len(text_of(as_call(batches[:5]))) / 5 < 60
