"""Entries become postings, without any server."""

from typing import get_args

import msgspec
import pytest

from api_service.ledger.booking import Run, pages
from api_service.ledger.projections import (
    ADDED,
    Booked,
    PostedAccount,
    Postings,
    RoomChange,
    post,
)
from shared.engine import ledger_entries
from shared.engine.ledger_entries import LedgerEntry
from shared.engine.shard_ledger import EntryId, Tail

AT = 1_728_000_000_000  # ms since 1970


def pressed(n: int, accepted: int, total: int, *, ledger_epoch: int = 7) -> Booked:
    """A call with one batch as the entry `n`."""
    batch = ledger_entries.CountedBatch("ann", ((0, accepted),))
    buttons = (ledger_entries.CountedButton("skill1", total, total),)
    entry = ledger_entries.BatchesCounted("room", AT, 1, 1, 1, buttons, (batch,))
    return Booked(f"{ledger_epoch}-{n}", entry)


def opened(ledger_epoch: int, after: EntryId) -> Booked:
    """A ledger epoch, as its first entry."""
    return Booked(f"{ledger_epoch}-0", ledger_entries.LedgerEpochOpened("", AT, *after))


def run_of(booked: EntryId, *pages: list[Booked]) -> Run:
    """A run of these pages; all up to `booked`, and nothing of a later epoch, is booked before."""
    run = Run("00", {0: 0, booked.ledger_epoch: booked.n})
    for page in pages:
        run.add(page)
    return run


def test_every_kind_of_entry_adds_something() -> None:
    kinds: set[type[LedgerEntry]] = {*ADDED, ledger_entries.LedgerEpochOpened}
    assert kinds == set(get_args(ledger_entries.AnyEntry))


def test_a_batch_of_a_button_that_its_call_does_not_list_is_no_entry() -> None:
    with pytest.raises(msgspec.ValidationError, match="button 1 of 1"):
        ledger_entries.decode_entry(
            f'["batches","room",{AT},2,30,7,[["skill1",15,1]],[["ann",[[1,3]]]]]'
        )


def test_the_batches_of_a_call_are_rows_of_their_viewers() -> None:
    entry = ledger_entries.decode_entry(
        f'["batches","room",{AT},2,30,7,[["skill1",15,1],["enemy1",4,4]],['
        '["ann",[[0,3]]],["bob",[[0,4],[1,1]],"Bob",[["skill1",6,8]]],["ann",[[0,2]],"Ann"]]]'
    )
    postings = Postings()
    post(postings, [Booked("7-1", entry)])
    minute = AT // 60_000
    assert postings.presses == {
        ("room", 2, "ann", "skill1", minute): 5,
        ("room", 2, "bob", "skill1", minute): 4,
        ("room", 2, "bob", "enemy1", minute): 1,
    }
    assert postings.accounts == {
        ("room", 2, "skill1"): PostedAccount(accepted=15, count=1, booked=9),
        ("room", 2, "enemy1"): PostedAccount(accepted=4, count=4, booked=1),
    }
    assert postings.triggers == [("room", 7, 8, 2, "skill1", 6, 30, "bob", "Bob", AT)]
    assert postings.rooms == {"room": RoomChange(seen_at=AT, epoch=7, seq=8)}
    names = {viewer: seen.name for (_, viewer), seen in postings.viewers.items()}
    assert names == {"ann": "Ann", "bob": "Bob"}


def test_a_run_is_posted_on_in_pages_as_if_it_were_one() -> None:
    one, two, three = pressed(1, 2, 2), pressed(2, 3, 5), pressed(3, 1, 6)
    runs = [
        run_of(EntryId(7, 0), [one, two, three]),
        run_of(EntryId(7, 0), [one], [two, three]),
    ]
    for run in runs:
        assert (run.entries, run.batches, run.gaps, run.presses) == (3, 3, 0, 6)
        assert run.last == EntryId(7, 3)
        assert run.postings.presses == {("room", 1, "ann", "skill1", AT // 60_000): 6}
    assert runs[0].postings == runs[1].postings


def test_of_redis_totals_the_last_one_stays_and_what_is_booked_adds_up() -> None:
    """Also where presses are missing, or Redis counts fewer than before."""
    postings = Postings()
    post(postings, [pressed(1, 1, 8), pressed(2, 1, 12), pressed(3, 1, 9)])
    account = PostedAccount(accepted=9, count=9, booked=3)
    assert postings.accounts == {("room", 1, "skill1"): account}


def test_gaps_are_found_in_the_middle_of_a_page_and_between_pages() -> None:
    entry = {n: pressed(n, 1, n) for n in range(1, 9)}
    booked = EntryId(7, 0)
    assert run_of(booked, [entry[1], entry[2]], [entry[3]]).gaps == 0
    assert run_of(booked, [entry[1], entry[3], entry[4]], [entry[6]]).gaps == 2
    assert run_of(booked, [entry[2]]).gaps == 1


def test_an_epoch_follows_where_everything_before_it_is_booked() -> None:
    """Also where it began after less than that, as on an older copy or an empty server."""
    following, booked = [pressed(1, 1, 3, ledger_epoch=9)], EntryId(7, 2)
    for before in (EntryId(7, 2), EntryId(7, 1), EntryId(0, 0)):
        run = run_of(booked, [opened(9, before), *following])
        assert (run.gaps, run.last) == (0, EntryId(9, 1))
    for before in (EntryId(7, 3), EntryId(8, 0)):
        assert run_of(booked, [opened(9, before)], following).gaps == 1
    assert run_of(booked, following).gaps == 1


def test_of_an_epoch_that_came_back_the_rest_is_booked() -> None:
    """What was booked of it before is skipped, also if it is more than came back."""
    run = Run("00", {0: 0, 7: 2, 9: 5})
    assert run.skip(EntryId(7, 1))
    assert run.last == EntryId(7, 2)
    assert not run.skip(EntryId(7, 3))
    run.add([pressed(3, 1, 3)])
    assert (run.gaps, run.last, run.booked) == (0, EntryId(7, 3), {0: 0, 7: 3, 9: 5})
    assert run.skip(EntryId(9, 0))
    assert not run.skip(EntryId(8, 0))


def test_shards_are_cut_into_pages_in_their_order_as_far_as_they_fit() -> None:
    unread = {"00": 4, "01": 6, "02": 1, "03": 30, "04": 0, "05": 2}
    tails = [
        Tail(unread=n, unread_bytes=n, last=EntryId(1, n), restored=True) for n in unread.values()
    ]
    cut = pages(tails, lambda tail: tail.unread, 10)
    assert [[tail.unread for tail in page] for page in cut] == [[4, 6], [1], [30], [0, 2]]
    assert list(pages([1, 2], lambda n: n, 0)) == [[1], [2]]
    assert list(pages([], len, 10)) == []
