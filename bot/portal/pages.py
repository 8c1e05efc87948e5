"""Draws the public pages from `templates/portal/`, and says which style and script of theirs a browser may use."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

from markupsafe import Markup

from bot.portal.published import STAGES, Beside, Draw, Summary
from bot.read_out import read_out
from bot.render import TEMPLATES, full_day_text, pages_in
from workflows.inspection.facts import CHINA

FOLDER = TEMPLATES / "portal"
# A page is read; whoever wants all ten thousand takes the transcript.
MOST_IDS = 200
STYLE = (FOLDER / "style.css").read_text("utf-8")
VERIFIER = (FOLDER / "verify.html").read_text("utf-8")


def hour(when: datetime) -> str:
    return when.astimezone(CHINA).strftime("%H:%M")


def in_path(plan: str) -> str:
    """A draw's id is `plan/task`: its stroke stays one."""
    return quote(plan, safe="/")


def saved_as(plan: str, what: str) -> str:
    """The name the transcript ("draw") or the announcement ("announced") is kept under (RFC 8187)."""
    return f"attachment; filename*=UTF-8''{what}-{quote(plan.replace('/', '-'), safe='')}.json"


def aloud(commitment: str) -> str:
    """As it was read out; "" for what is no commitment, since a transcript may hold anything."""
    # Loaded with the first public page and not with the start.
    from workflows.draw.seal import is_hash  # noqa: PLC0415

    return "\n".join(read_out(commitment)) if is_hash(commitment) else ""


pages = pages_in("portal")
pages.filters.update(spoken=full_day_text, hour=hour, in_path=in_path, aloud=aloud)
pages.globals.update(style=Markup(STYLE), most=MOST_IDS, stages=STAGES)


def allowed(text: str) -> str:
    """The hash by which a Content-Security-Policy (level 2) names an inline script or style."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def policy(style: str, script: str = "") -> str:
    """Nothing from anywhere but this style and this script: what somebody smuggled into the page would not run."""
    scripts = allowed(script) if script else "'none'"
    return (
        f"default-src 'none'; style-src {allowed(style)}; script-src {scripts}; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def inline(page: str, tag: str) -> str:
    """What stands in the page's one <style> or <script>."""
    (found,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
    return str(found)


POLICY = policy(STYLE)
VERIFIER_POLICY = policy(inline(VERIFIER, "style"), inline(VERIFIER, "script"))


def render_draws(draws: Sequence[Draw], beside: Sequence[Beside]) -> str:
    newest = sorted(draws, key=lambda draw: (draw.when, draw.plan), reverse=True)
    return pages.get_template("draws.html").render(draws=newest, beside=beside)


def render_draw(draw: Draw, said: Summary | None, before: Draw | None, after: Draw | None) -> str:
    """`said` is None for one that ended before its commitment; `before` is the draw it replaces, `after` what replaced it."""
    return pages.get_template("draw.html").render(draw=draw, said=said, before=before, after=after)


def render_nothing(unreadable: bool = False) -> str:
    return pages.get_template("nothing.html").render(unreadable=unreadable)
