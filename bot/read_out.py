"""A commitment as people say it: read out in the hall, written down, and found again on the public page."""

from __future__ import annotations

GROUP = 4


def read_out(commitment: str) -> tuple[str, ...]:
    """The commitment as 78 decimal digits in groups of four, five groups a line: it can be read out and written down."""
    digits = f"{int(commitment, 16):080d}"
    groups = [digits[at : at + GROUP] for at in range(0, len(digits), GROUP)]
    return tuple(" ".join(groups[at : at + 5]) for at in range(0, len(groups), 5))
