"""What a ceremony refuses: rule, reason, and the words the sentence needs. Like every refusal it is an answer."""

from __future__ import annotations

from workflows.inspection.refusals import Refused

REASONS: dict[str, tuple[str, ...]] = {
    "by-machine": (
        "not-organiser",
        "stage",
        "first-commit",
        "id-taken",
        "list-edited",
        "secret-differs",
        "shares-differ",
        "seal-lost",
        "beacon-shape",
        "beacon-early",
        "beacon-differs",
        "beacon-second-person",
        "abandoned",
        "reason-missing",
        "same-id",
        "clock-back",
        "unknown-task",
    ),
    "plan-public": ("not-published",),
    "witnesses": ("none", "no-beacon", "unknown", "not-you", "given", "after-beacon", "late", "twice"),
    "both-random": ("approval-missing",),
    "draw-record": ("unsigned", "not-present", "changed"),
    "mutual-blind": ("not-released",),
    "key-batches": ("not-everyone",),
}


class Denied(Refused):
    """A `Refused` of the ceremony, whose reasons stand here."""

    def __post_init__(self) -> None:
        if self.reason not in REASONS[self.rule]:
            raise ValueError(f"{self.reason!r} is not a reason of {self.rule!r}")


def deny(rule: str, reason: str, **detail: object) -> Denied:
    return Denied(rule, reason, "", {key: str(value) for key, value in detail.items()})
