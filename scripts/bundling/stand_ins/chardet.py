"""Stands in for chardet, which is under the LGPL, in the frozen program: readability imports it, and never calls it.

Cortex hands readability decoded text. Should anybody ask, charset-normalizer answers, in the same form.
"""

from charset_normalizer import detect

__all__ = ["detect"]
