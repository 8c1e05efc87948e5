"""The command line with a clock that is so many seconds away from the machine's: python clockwork.py SECONDS WORDS…

A case is worked on within one day in China. Begun a minute before midnight it is rightly asked for new arrivals; what
is tested here is the path, whatever the hour of the machine that tests it.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, tzinfo

from bot import bootstrap
from bot.cli import main


def set_clock(seconds: float) -> None:
    away = timedelta(seconds=seconds)

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + away

    bootstrap.datetime = Shifted  # type: ignore[misc]


if __name__ == "__main__":
    set_clock(float(sys.argv.pop(1)))
    main()
