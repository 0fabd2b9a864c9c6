"""The program `streamario`.

`streamario health` runs every few seconds in each container. So it imports the command line, which
takes 80 ms, only if a service does not look healthy: the command line prints the reason.
"""

from __future__ import annotations

import os
import signal
import sys

from deploy import health


def main() -> int:
    """Run the command that `sys.argv` names; return its exit status."""
    if sys.argv[1:] == ["health"] and health.is_quickly_confirmed(os.environ):
        return 0
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:  # a shell may have it ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # meanwhile Ctrl-C leaves no stack trace
    from deploy import cli

    if handler is signal.default_int_handler:  # one that Python did not install is None
        signal.signal(signal.SIGINT, handler)
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
