"""`python -m cortex`: the command line."""

from __future__ import annotations

from multiprocessing import freeze_support


def main() -> None:
    """Run the command line; frozen programs' worker processes branch off first."""
    freeze_support()
    from cortex.cli import run

    run()


if __name__ == "__main__":
    main()
