"""How a sender's batches are numbered."""

from clients.python import BatchNumbers
from shared.wire.parts import LARGEST_NUMBER
from shared.wire.rest_bodies import LONGEST_BATCH_ID


def test_numbers_rise_from_one_and_each_id_ends_with_its_number() -> None:
    """A server that knows no numbers goes by the id; others take the sender from it."""
    numbers = BatchNumbers()
    batches = [numbers.next() for _ in range(3)]
    assert [batch.batch_no for batch in batches] == [1, 2, 3]
    names = {batch.batch_id.removesuffix(f"#{batch.batch_no}") for batch in batches}
    assert len(names) == 1
    assert len(names.pop()) >= 16


def test_no_two_senders_have_a_name_in_common() -> None:
    assert BatchNumbers().next().batch_id != BatchNumbers().next().batch_id


def test_every_id_is_short_enough_for_the_server() -> None:
    """Also that of the greatest number."""
    batch = BatchNumbers().next()
    assert len(batch.batch_id.removesuffix("1")) + len(str(LARGEST_NUMBER)) <= LONGEST_BATCH_ID
