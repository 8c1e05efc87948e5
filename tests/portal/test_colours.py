"""The public pages by day and by night: the same colours under the same names, and whatever is read stands out (WCAG 1.4.3)."""

from __future__ import annotations

import re

import pytest

from bot.portal.pages import STYLE, VERIFIER, inline

STYLES = {"draws": STYLE, "verify": inline(VERIFIER, "style")}
COLOUR = re.compile(r"#[0-9a-f]{3,6}\b")
# What is written, and what it stands on.
READ = (
    *(("ink", ground) for ground in ("paper", "sheet", "well", "tint")),
    *(("soft", ground) for ground in ("paper", "sheet")),
    *((ink, "sheet") for ink in ("link", "green", "red")),
    *(("link", "paper"), ("red", "red-sheet"), ("green-ink", "green-sheet")),
    *(("on-accent", "accent"), ("on-off", "off")),
)
# What is only to be seen: the ring around what has the focus, on either ground (WCAG 1.4.11).
SEEN = (("accent", "paper"), ("accent", "sheet"))


def palettes(style: str) -> tuple[dict[str, str], dict[str, str]]:
    """Name -> colour, by day and by night."""
    day, night = re.findall(r":root \{(.*?)\}", style)
    return tuple(dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", one)) for one in (day, night))  # type: ignore[return-value]


def light(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("page", STYLES)
def test_whatever_is_read_stands_out_by_day_and_by_night(page: str) -> None:
    for colours in palettes(STYLES[page]):
        for least, pairs in ((4.5, READ), (3.0, SEEN)):
            told = {(a, b): contrast(colours[a], colours[b]) for a, b in pairs if {a, b} <= colours.keys()}
            assert len(told) >= len(pairs) / 2
            assert {pair: ratio for pair, ratio in told.items() if ratio < least} == {}


@pytest.mark.parametrize("page", STYLES)
def test_no_colour_stands_beside_the_two_palettes_and_none_is_missing(page: str) -> None:
    style = STYLES[page]
    day, night = palettes(style)
    rest = re.sub(r":root \{.*?\}", "", style)
    assert day.keys() == night.keys() == set(re.findall(r"var\(--([a-z-]+)\)", rest))
    assert COLOUR.findall(rest) == []
    assert "@media (prefers-color-scheme: dark) { :root {" in style


def test_both_pages_have_the_same_colours() -> None:
    for draws, verify in zip(*map(palettes, STYLES.values()), strict=True):
        shared = draws.keys() & verify.keys()
        assert {name: draws[name] for name in shared} == {name: verify[name] for name in shared}
