"""The policy profiles on this machine: the six that ship, and a bureau's own folder of TOML files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path

from workflows.errors import BadFile, BadProfile
from workflows.policy import Profile, parse_profile


def load_profiles(extra: Path | None = None) -> dict[str, Profile]:
    """Every profile by id: the shipped ones, then those of the folder `extra`, each on its base.

    Raises `BadProfile` or `BadFile` at the first file that is wrong.
    """
    shipped = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in files("workflows.policy").iterdir()
        if entry.name.endswith(".toml")
    }
    profiles = _resolve(shipped, {})
    if extra is None:
        return profiles
    if not extra.is_dir():
        raise BadFile(f"没有 {extra} 这个文件夹，请检查制度方案文件夹的设置")
    own = {path.name: _read(path) for path in sorted(extra.glob("*.toml"))}
    return _resolve(own, profiles)


def read_profile(path: Path, bases: Mapping[str, Profile]) -> Profile:
    """One file, checked on the given bases, as `suijian profile check FILE` does."""
    return parse_profile(_read(path), path.name, bases)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"{path.name} 不是 UTF-8 编码，请用记事本另存为 UTF-8 后再试") from error
    except OSError as error:
        raise BadFile(f"读不了 {path.name}：请检查文件是否存在、是否有权限") from error


def _resolve(texts: Mapping[str, str], known: Mapping[str, Profile]) -> dict[str, Profile]:
    """Parses each text after the one its base is in; a base no text has is refused by `parse_profile`."""
    profiles = dict(known)
    waiting = {name: _peek(text) for name, text in texts.items()}
    while waiting:
        to_come = {own for own, _ in waiting.values()}
        ready = sorted(name for name, (_, base) in waiting.items() if base not in to_come)
        if not ready:
            raise BadProfile(f"{_listed(waiting)} 的 base 绕成了圈，请让其中一个以 national 为 base")
        for name in ready:
            profile = parse_profile(texts[name], name, profiles)
            profiles[profile.id] = profile
            del waiting[name]
    return profiles


def _peek(text: str) -> tuple[str, str]:
    """The id and base a text claims; what cannot be read is given to `parse_profile`, which says why."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return "", "?"
    return str(table.get("id", "")), str(table.get("base", "")) or "?"


def _listed(names: Iterable[str]) -> str:
    return "、".join(sorted(names))
