"""A service may open as many sockets as the machine allows."""

import subprocess
import sys

PROGRAM = """
import resource
from deploy.serve import raise_limit
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 256))
raise_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_the_soft_limit_is_raised_to_the_hard_one() -> None:
    """In a separate process, because a lowered hard limit cannot be raised again."""
    limits = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    assert limits.stdout.split() == [b"256", b"256"]
