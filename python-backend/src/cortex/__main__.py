"""`python -m cortex`: the command line."""

from __future__ import annotations

import sys
from multiprocessing import freeze_support


def main() -> None:
    """Run the command line; frozen programs' worker processes branch off first."""
    freeze_support()
    if sys.argv[1:] == ["--parse-worker"]:
        from cortex.services.extraction import child

        child.main()
        return
    if sys.argv[1:2] == ["serve"]:
        from cortex.cli.serve import serve

        serve(sys.argv[2:])
        return
    from cortex.cli.commands import run

    run()


if __name__ == "__main__":
    main()
