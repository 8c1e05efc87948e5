"""No test rests on the time it takes: an example of hypothesis may take as long as a busy machine needs for it."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
