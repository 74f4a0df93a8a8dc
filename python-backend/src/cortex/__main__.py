"""`python -m cortex`: the command line."""

from __future__ import annotations

import sys
from multiprocessing import freeze_support

_INTERRUPTED = 130
"""What a shell says of a program that Ctrl-C ended."""


def main() -> None:
    """Run the command line; frozen programs' worker processes branch off first."""
    freeze_support()
    if sys.argv[1:] == ["--parse-worker"]:
        from cortex.services.extraction import child

        child.main()
        return
    if sys.argv[1:2] == ["serve"]:
        try:
            from cortex.cli.serve import serve

            serve(sys.argv[2:])
        except KeyboardInterrupt:  # before the server heeds signals itself
            raise SystemExit(_INTERRUPTED) from None
        return
    from cortex.cli.commands import run

    run()


if __name__ == "__main__":
    main()
