"""Loaded by every Python that a test starts: guards it, too (the folder is on PYTHONPATH)."""

import os
from pathlib import Path

import guard  # type: ignore[import-not-found] # beside this file, which is alone on the path

if guard.NOTES in os.environ:
    guard.install(Path(os.environ[guard.NOTES]))
