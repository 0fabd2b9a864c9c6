"""The program `streamario`.

`streamario health` runs every few seconds in each container. So it imports the command line, which
takes 80 ms, only if a service does not look healthy: the command line prints the reason.
"""

import os
import signal
import sys

from deploy.quick_health import is_quickly_confirmed


def main() -> int:
    """Run the command that `sys.argv` names; return its exit status."""
    if sys.argv[1:] == ["health"] and is_quickly_confirmed(os.environ):
        return 0
    traces = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # a shell may ignore it
    if traces:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # meanwhile Ctrl-C leaves no stack trace
    from deploy import cli

    if traces:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
