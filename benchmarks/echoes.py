"""What a turn costs elsewhere: aiogram echoing, with one bare transaction (floor) or one ORM insert (peer) a turn."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from aiogram.types import Chat, Message, Update, User
from sqlalchemy import event
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Store = Callable[[Message], Awaitable[None]]
_updates = itertools.count(1)


class Offline(BaseSession):
    """A session whose platform answers at once."""

    async def close(self) -> None:
        pass

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        return True

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        yield b""


def _echoing(store: Store) -> tuple[Bot, Dispatcher]:
    bot, dispatcher = Bot("42:bench", session=Offline()), Dispatcher()

    async def echo(message: Message) -> None:
        await store(message)
        await message.answer(message.text or "")

    dispatcher.message.register(echo)
    return bot, dispatcher


def _update(chat: int) -> Update:
    number, now = next(_updates), datetime.now(UTC)
    message = Message(
        message_id=number,
        date=now,
        chat=Chat(id=chat, type="private"),
        from_user=User(id=chat, is_bot=False, first_name="A"),
        text="任务",
    )
    return Update(update_id=number, message=message)


def bare(folder: Path, turns: int) -> list[float]:
    """Seconds of every turn of the floor, one after the other in one thread."""
    connection = sqlite3.connect(folder / f"floor{next(_updates)}.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE turns (id INTEGER PRIMARY KEY, chat INTEGER, text TEXT)")

    async def store(message: Message) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO turns (chat, text) VALUES (?, ?)", (message.chat.id, message.text))
        connection.execute("COMMIT")

    samples = asyncio.run(_in_line(store, turns))
    connection.close()
    return samples


async def _in_line(store: Store, turns: int) -> list[float]:
    bot, dispatcher = _echoing(store)
    samples = []
    for turn in range(turns):
        update = _update(turn % 16 + 1)
        begun = time.perf_counter()
        await dispatcher.feed_update(bot, update)
        samples.append(time.perf_counter() - begun)
    return samples


def bare_at_once(url: str, chats: int, turns: int) -> float:
    """Turns per second of the floor on PostgreSQL: one bare transaction each, `chats` at once with a connection each."""
    return asyncio.run(_bare_at_once(url.replace("postgresql+psycopg:", "postgresql:"), chats, turns))


async def _bare_at_once(url: str, chats: int, turns: int) -> float:
    lines = [await psycopg.AsyncConnection.connect(url) for _ in range(chats)]
    await lines[0].execute("CREATE TABLE turns (id serial PRIMARY KEY, chat bigint, text text)")
    await lines[0].commit()

    async def store(message: Message) -> None:
        own = lines[message.chat.id - 1]
        await own.execute("INSERT INTO turns (chat, text) VALUES (%s, %s)", (message.chat.id, message.text))
        await own.commit()

    spent = await _at_once(store, chats, turns)
    for line in lines:
        await line.close()
    return chats * turns / spent


class Base(DeclarativeBase):
    pass


class Said(Base):
    __tablename__ = "turns"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[int]
    text: Mapped[str]


def orm(folder: Path, chats: int, turns: int) -> float:
    """Turns per second of the peer, `chats` at once with `turns` each; as durable as ours."""
    return asyncio.run(_orm(folder / f"peer{next(_updates)}.db", chats, turns))


async def _orm(file: Path, chats: int, turns: int) -> float:
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}", connect_args={"timeout": 30})
    event.listen(engine.sync_engine, "connect", _durable)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    session = async_sessionmaker(engine)

    async def store(message: Message) -> None:
        async with session() as tx, tx.begin():
            tx.add(Said(chat=message.chat.id, text=message.text or ""))

    spent = await _at_once(store, chats, turns)
    await engine.dispose()
    return chats * turns / spent


async def _at_once(store: Store, chats: int, turns: int) -> float:
    """Seconds until `chats` have had `turns` each."""
    bot, dispatcher = _echoing(store)

    async def chatting(chat: int) -> None:
        for _ in range(turns):
            await dispatcher.feed_update(bot, _update(chat))

    begun = time.perf_counter()
    await asyncio.gather(*(chatting(chat) for chat in range(1, chats + 1)))
    return time.perf_counter() - begun


def _durable(connection: Any, record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
