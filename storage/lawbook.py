"""What the law says here, loaded once at start and never changed while running: profiles and option lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from storage.policies import load_profiles
from workflows.disclosure import Options, parse_options
from workflows.policy import Profile


@dataclass(frozen=True)
class Lawbook:
    profiles: Mapping[str, Profile]
    options: Options


def load_lawbook(extra: Path | None = None) -> Lawbook:
    """The shipped profiles and lists; `extra` is a bureau's folder: *.toml profiles, and options.toml to replace the lists."""
    own = extra / "options" / "options.toml" if extra else None
    if own and own.is_file():
        options = parse_options(own.read_text(encoding="utf-8"), str(own))
    else:
        shipped = files("workflows.disclosure").joinpath("options.toml").read_text(encoding="utf-8")
        options = parse_options(shipped, "options.toml")
    return Lawbook(load_profiles(extra), options)
