"""A large freeze or draw, computed beside the conversation: how far it is stands in the card, the result is kept in one go.

Called by the heartbeat, one computation at a time in a process. It keeps nothing itself: killed, it begins again.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.deliver import SCREENED
from bot.dialogs.ceremony_cards import key_of
from bot.dialogs.ceremony_freezing import card_for, said_of
from bot.house import House
from bot.render import line
from storage import ceremony_drawing as drawing
from storage import ceremony_notices, ceremony_runs, outbox, people, screen
from storage import ceremony_steps as steps
from storage.ceremony_drawing import Answer, Hand
from storage.ceremony_runs import MOST_ATTEMPTS, Run, Wish
from storage.database import reading, writing
from storage.documents import encode
from workflows.draw.impossible import DrawImpossible
from workflows.draw.watch import UNWATCHED, Watch, of_all
from workflows.errors import BadInput, NotFound

log = logging.getLogger(__name__)
# What its owner began it may begin again: so that this is after a restart only, a process computes one at a time.
_computing = threading.Lock()


def draw_due(house: House, owner: str, watch: Watch = UNWATCHED) -> int:
    """Computes what was asked for, one after the other; how many. `owner` names this service also after a restart."""
    if not _computing.acquire(blocking=False):
        return 0
    try:
        return _all_due(house, owner, watch)
    finally:
        _computing.release()


def _all_due(house: House, owner: str, watch: Watch) -> int:
    with reading(house.engine) as tx:
        if not ceremony_runs.are_due(tx):
            return 0
    computed = 0
    while True:
        with writing(house.engine) as tx:
            found = ceremony_runs.claim(tx, owner, house.clock())
        if found is None or not _compute(house, owner, *found, watch):
            return computed
        computed += 1


def _compute(house: House, owner: str, draw_id: str, run: Run, watch: Watch) -> bool:
    """Whether it came to an end; what failed is tried again at the next tick, but not for ever."""
    if run.attempts > MOST_ATTEMPTS:
        _give_up(house, draw_id, run)
        return True
    hand = Hand(run.by, house.clock(), house.draw_seed)
    told = _telling(house, owner, draw_id, run, watch)
    try:
        if run.wish:
            _freeze(house, draw_id, run, run.wish, hand, told)
        else:
            _draw(house, draw_id, run, hand, told)
    except Exception:
        log.exception("draw failed", extra={"draw": draw_id, "attempt": run.attempts})
        return False
    _redraw(house, draw_id)
    return True


def _draw(house: House, draw_id: str, run: Run, hand: Hand, told: Watch) -> None:
    def ended(tx: Connection, answer: Answer) -> None:
        if isinstance(answer, DrawImpossible):
            ceremony_runs.fail(tx, draw_id, run, answer.reason)
        else:
            ceremony_runs.end(tx, draw_id)
        _tell(tx, draw_id, run, hand.now)

    drawing.draw(house.engine, house.lawbook, draw_id, hand, told, ended)


def _freeze(house: House, draw_id: str, run: Run, wish: Wish, hand: Hand, told: Watch) -> None:
    """The simple way goes on to its draw, as a run of its own. What a turn would say of bad input is said here too."""

    def ended(tx: Connection, answer: Answer) -> Answer:
        said = said_of(house, tx, wish, answer)
        if said:
            ceremony_runs.fail(tx, draw_id, replace(run, said=said), said[0])
        else:
            ceremony_runs.end(tx, draw_id)
        if _goes_on(run, answer):
            ceremony_runs.begin(tx, draw_id, run.by)
        else:
            _tell(tx, draw_id, run, hand.now)
        return answer

    step = steps.simply if run.simply else steps.freeze
    try:
        step(house.engine, house.lawbook, wish, hand, told, ended)
    except (BadInput, NotFound) as error:
        _end_badly(house, draw_id, run, str(error))


def _goes_on(run: Run, answer: Answer) -> bool:
    if isinstance(answer, DrawImpossible) or not run.simply:
        return False
    return answer.ceremony is not None and answer.ceremony.stage == "BEACON"


def _give_up(house: House, draw_id: str, run: Run) -> None:
    """Whatever it died of, an error or the machine: who asked decides whether it is tried once more."""
    _end_badly(house, draw_id, run, line("ceremony/asking", "not-frozen" if run.wish else "not-computed"))
    _redraw(house, draw_id)


def _end_badly(house: House, draw_id: str, run: Run, why: str) -> None:
    with writing(house.engine) as tx:
        ceremony_runs.fail(tx, draw_id, run, why)
        _tell(tx, draw_id, run, house.clock())


def _tell(tx: Connection, draw_id: str, run: Run, now: datetime) -> None:
    """Who asked for it is told wherever they are; the others by the ceremony itself."""
    dedup = f"{draw_id}:run:{run.attempts}:{now.isoformat()}:{run.by.person}"
    outbox.add(tx, dedup, run.by.person, ceremony_notices.KIND, "", draw_id, now)


def _telling(house: House, owner: str, draw_id: str, run: Run, watch: Watch) -> Watch:
    """At most once for every per cent: each telling is a write, and keeps others from beginning the same draw."""
    last = -1

    def told(step: str, done: int) -> None:
        nonlocal last
        watch(step, done)
        if of_all(step, done) > last:
            last = of_all(step, done)
            with writing(house.engine) as tx:
                now = replace(run, step=step, done=last)
                ceremony_runs.note(tx, draw_id, now, owner, house.clock())
            _redraw(house, draw_id)

    return told


def _redraw(house: House, draw_id: str) -> None:
    """The card of the ceremony or of its freeze wherever it stands on a screen of ours."""
    with writing(house.engine) as tx:
        for person in people.everybody(tx):
            shown = card_for(house, tx, draw_id, person, house.clock())
            if shown:
                for channel, account in people.accounts_of(tx, person.id):
                    if channel in SCREENED:
                        screen.redraw(tx, channel, account, key_of(draw_id), encode({"card": shown}))
