"""Tables of a round as CSV (RFC 4180), for spreadsheets."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from api_service.studio.history.bodies import RoundDetails
from shared.wire.rest_bodies import timestamp

# Excel takes a file without it for one in the language's old encoding.
BYTE_ORDER_MARK: Final = "\ufeff"
# Where a spreadsheet takes what follows for a formula (OWASP, "CSV Injection"): it may begin a cell
# after what is the separator in its country, whatever the quotes say.
FORMULA: Final = re.compile(r"(?:^|(?<=[,;\t\r\n]))(?=\s*[=+\-@＝＋－＠]|[\t\r])")
MS_A_MINUTE: Final = 60_000


def csv_of(details: RoundDetails, table: str, *, has_titles: bool) -> str:
    """One of a round's tables (`bodies.TABLES`).

    Without its line of titles it can be appended to the part before.
    """
    written = io.StringIO()
    rows = csv.writer(written, quoting=csv.QUOTE_ALL)
    lines = islice(_rows(details, table), 0 if has_titles else 1, None)
    # An apostrophe stands before whatever a spreadsheet would calculate.
    rows.writerows(
        [FORMULA.sub("'", cell) if isinstance(cell, str) else cell for cell in line]
        for line in lines
    )
    return (BYTE_ORDER_MARK if has_titles else "") + written.getvalue()


def _rows(details: RoundDetails, table: str) -> Iterator[Iterable[object]]:
    match table:
        case "totals":
            yield "event_type", "accepted", "triggers", "returned"
            for b in details.totals:
                yield b.event_type, b.accepted, b.triggers, b.returned
        case "viewers":
            yield "viewer_id", "viewer_name", "count"
            for v in details.viewer_totals:
                yield v.viewer_id, v.viewer_name, v.count
        case "triggers":
            yield "seq", "event_type", "threshold", "viewer_name", "fired_at", "status", "reason"
            for t in details.triggers:
                yield (
                    *(t.seq, t.event_type, t.threshold, t.viewer_name),
                    *(t.fired_at, t.status, t.reason),
                )
        case _:
            yield "minute", "event_type", "count"
            minutes = {m.minute for m in details.presses_per_minute}
            times = {minute: timestamp(minute * MS_A_MINUTE) for minute in minutes}
            for m in details.presses_per_minute:
                yield times[m.minute], m.event_type, m.count
