"""The order of delivery, without a socket and without Redis."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.engine.replies import LogPage
from shared.wire.game_messages import GameEvent, NumberedMessage
from ws_gateway.games.session import Cursor, Step

PAGE = 3


def trigger(epoch: int, seq: int) -> GameEvent:
    return GameEvent(
        room_id="room",
        event_type="skill1",
        trigger_count=1,
        viewer_count=1,
        viewer_name=None,
        epoch=epoch,
        seq=seq,
        fired_at=0,
    )


@pytest.mark.parametrize(
    ("epoch", "seq", "step"),
    [
        (5, 11, Step.SEND),
        (5, 10, Step.SKIP),
        (5, 1, Step.SKIP),
        (5, 12, Step.READ_LOG),
        (4, 11, Step.READ_LOG),
        (6, 11, Step.READ_LOG),
        (6, 1, Step.READ_LOG),
    ],
)
def test_only_the_next_number_of_the_same_epoch_is_sent(epoch: int, seq: int, step: Step) -> None:
    """Old numbers are skipped; for any other number than the next, the log is read."""
    assert Cursor(5, 10, (5, 10)).judge(trigger(epoch, seq)) is step


@pytest.mark.parametrize(
    ("epoch", "seq", "covered"),
    [
        (5, 10, True),
        (5, 0, True),
        (5, 11, False),
        (6, 1, False),
        (4, 10, True),
        (5, -1, False),
        (5, 10**30, False),
        (10**30, 0, False),
    ],
)
def test_no_more_may_be_acknowledged_than_was_sent(epoch: int, seq: int, covered: bool) -> None:
    """The newest epoch decides, then the number."""
    assert Cursor(5, 10, (5, 10)).covers(epoch, seq) is covered


def test_what_was_fired_before_the_attach_counts_as_replayed() -> None:
    """A message is replayed if its position is not after the attach."""
    cursor = Cursor(5, 7, (5, 9))
    flags = [cursor.is_replayed(trigger(*at)) for at in ((4, 8), (5, 9), (5, 10), (6, 8))]
    assert flags == [True, True, False, False]


def test_a_socket_goes_on_where_its_log_does() -> None:
    """In another epoch, after an earlier number."""
    cursor = Cursor(5, 10, (5, 10))
    cursor.go_to(LogPage(log_epoch=7, start=8, recovered=False, messages=()))
    assert (cursor.log_epoch, cursor.seq) == (7, 8)


@given(
    st.integers(0, 12),
    st.lists(
        st.one_of(st.integers(1, 12), st.none()),
        max_size=30,
    ),
)
def test_whatever_nudges_come_every_number_is_sent_once_and_in_order(
    fired: int, nudges: list[int | None]
) -> None:
    """Nudges that are lost, doubled or reordered; None is a repair that reads the log."""
    log = [trigger(5, seq) for seq in range(1, fired + 1)]
    cursor, sent = Cursor(5, 0, (5, 0)), list[NumberedMessage]()
    for nudge in [*nudges, None]:
        if nudge is not None and nudge > fired:
            continue  # it cannot have been published yet
        step = Step.READ_LOG if nudge is None else cursor.judge(log[nudge - 1])
        if step is Step.SEND and nudge is not None:
            send(cursor, sent, log[nudge - 1])
        while step is Step.READ_LOG and cursor.seq < fired:
            messages = tuple(log[cursor.seq : cursor.seq + PAGE])
            page = LogPage(log_epoch=5, start=cursor.seq, recovered=True, messages=messages)
            cursor.go_to(page)
            for message in page.messages:
                send(cursor, sent, message)
    assert [message.seq for message in sent] == list(range(1, fired + 1))
    assert all(before.seq + 1 == after.seq for before, after in pairwise(sent))


def send(cursor: Cursor, sent: list[NumberedMessage], message: NumberedMessage) -> None:
    sent.append(message)
    cursor.sent(message)
