"""Whether the listener is well: ``python -m listener.health`` ends with 0, or with 1 and the reason.

It is well while its loop goes round, also while it waits for tokens or for the broker: a new one would wait too.
"""

from __future__ import annotations

import sys

from listener import alive


def main() -> int:
    """The code to end with."""
    seconds = alive.seconds_since()
    if seconds is None:
        sys.stderr.write("the listener has not begun yet\n")
        return 1
    if seconds > alive.LONGEST_ROUND:
        sys.stderr.write(f"the listener has hung for {seconds:.0f} seconds\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
