"""Numbers a viewer's batches of presses, so that each counts once however late it arrives."""

import secrets
from itertools import count
from typing import NamedTuple


class BatchNumber(NamedTuple):
    """What a press request names its batch by; the same when the batch is repeated."""

    batch_id: str
    batch_no: int


class BatchNumbers:
    """Numbers the batches of one sender, such as one opened page.

    The server counts a sender's batches in the order of their numbers, and no number after a
    greater one. So send the next batch when the one before is answered or given up, and never use
    the number of one that was given up for other presses.
    """

    def __init__(self) -> None:
        self._sender = secrets.token_hex(12)
        self._numbers = count(1)

    def next(self) -> BatchNumber:
        """The next batch's number.

        The id also differs from batch to batch: a server that does not know `batch_no` recognises
        repeats by the id alone. One that knows it takes the sender from the id.
        """
        number = next(self._numbers)
        return BatchNumber(f"{self._sender}#{number}", number)
