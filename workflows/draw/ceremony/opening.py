"""After the draw: released task by task, opened, closed; or abandoned with a reason."""

from __future__ import annotations

from workflows.draw import shares
from workflows.draw.ceremony import commands as c
from workflows.draw.ceremony import events as e
from workflows.draw.ceremony.drawing import secret_differs
from workflows.draw.ceremony.preparing import out_of_turn
from workflows.draw.ceremony.refusals import deny
from workflows.draw.ceremony.state import Ceremony, Facts, unsigned
from workflows.inspection.refusals import Decision, Refused


def release(ceremony: Ceremony, command: c.Release, facts: Facts) -> Decision:
    """Nothing leaves the seal before all who were present have signed (draw-record)."""
    if command.task in ceremony.released:
        return ()
    refused = out_of_turn(ceremony, "DRAWN", "RELEASED")
    if refused:
        return refused
    if command.task not in ceremony.plan.tasks:
        return deny("by-machine", "unknown-task", task=command.task)
    waiting = unsigned(ceremony)
    if waiting:
        return deny("draw-record", "unsigned", names="、".join(waiting))
    return (e.Released(command.task),)


def open_secrets(ceremony: Ceremony, command: c.Open, facts: Facts) -> Decision:
    """Not before every task is released: the secrets would show who goes where (mutual-blind)."""
    if ceremony.opened:
        return ()
    refused = _too_early(ceremony) or secret_differs(ceremony, command)
    return refused or (e.Opened(command.secret_objects, command.secret_inspectors),)


def open_from_shares(ceremony: Ceremony, command: c.OpenFromShares, facts: Facts) -> Decision:
    """The same, by two shares. Where no two fit nothing is opened, and a third tells which one is wrong."""
    if ceremony.opened:
        return ()
    refused = _too_early(ceremony)
    if refused:
        return refused
    assert ceremony.committed
    found = shares.fitting(command.given, ceremony.committed.com_objects, ceremony.committed.com_inspectors)
    if found is None:
        return deny("by-machine", "shares-differ", given=len(command.given))
    return (e.Opened(*found.secrets),)


def _too_early(ceremony: Ceremony) -> Refused | None:
    waiting = [task for task in ceremony.plan.tasks if task not in ceremony.released]
    refused = out_of_turn(ceremony, "DRAWN", "RELEASED")
    if refused or (ceremony.stage == "RELEASED" and not waiting):
        return refused
    return deny("mutual-blind", "not-released", tasks="、".join(waiting))


def close(ceremony: Ceremony, command: c.Close, facts: Facts) -> Decision:
    if ceremony.stage == "CLOSED":
        return ()
    return out_of_turn(ceremony, "OPENED") or (e.Closed(),)


def abandon(ceremony: Ceremony, command: c.Abandon, facts: Facts) -> Decision:
    """A new draw is a new plan id with a reason. Once a task is released there is nothing to abandon."""
    if not command.reason.strip():
        return deny("by-machine", "reason-missing")
    if command.successor == ceremony.id:
        return deny("by-machine", "same-id", plan=ceremony.id)
    before_release = ("FROZEN", "COMMITTED", "NONCES", "BEACON", "DRAWN")
    return out_of_turn(ceremony, *before_release) or (e.Abandoned(command.reason.strip(), command.successor),)
