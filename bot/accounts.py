"""Chat account to person. A web link's token is never stored: its account is the token's digest."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import Connection

from storage import people

TOKEN_BYTES = 18


def web_account(token: str) -> str:
    return hashlib.sha256(f"suijian web\n{token}".encode()).hexdigest()[:20]


def issue_link(tx: Connection, person: str, now: datetime) -> str:
    """A new link token for a person; earlier ones stay in force until revoked."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    people.bind(tx, "web", web_account(token), person, now)
    return token


def role_line(person: people.Person) -> str:
    """县公安局 · 执法人员"""
    return f"{person.department} · {'、'.join(people.ROLES[role] for role in person.roles)}"
