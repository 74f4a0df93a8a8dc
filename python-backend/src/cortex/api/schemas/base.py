"""What all bodies of requests and answers have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Schema(BaseModel):
    """A body. Its validator is built when it is first used: most are not used on most days, and all of them together
    take 3 MB and a tenth of the start."""

    model_config = ConfigDict(defer_build=True)
