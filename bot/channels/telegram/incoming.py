"""What an update of Telegram's says, read into one shape. Nothing is decided here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aiogram.types import CallbackQuery, InaccessibleMessage, Message, Update

from bot.render import line

# The commands menu: Latin for Telegram, and the word the house knows.
# Groups let a bot hear commands alone, unless it is told everything; so the word needs its Latin name there.
GROUP_WORD, GROUP_COMMAND = "本群", "/case"
COMMANDS = {"task": "任务", "progress": "进度", "draw": "抽取", "help": "帮助", "case": GROUP_WORD}
_COMMAND = re.compile(r"/(\w+)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True)
class SentFile:
    """`size` in bytes, 0 where Telegram does not say."""

    file_id: str
    name: str
    size: int


@dataclass(frozen=True)
class Said:
    """One thing somebody did. `message` is the message it is about: what they sent, or the card they tapped.

    `callback` is to be answered. `live` marks a further point of a live location, `edited` words changed afterwards,
    `foreign` somebody else's contact. `moved_to` is the supergroup this group has become. `unknown`: none of these.
    `album` is shared by files sent in one go. `phone` is of a contact, the sender's own unless `foreign`; for no log.
    """

    account: str
    chat: str
    message: int
    text: str = ""
    button: str = ""
    callback: str = ""
    location: tuple[float, float] | None = None
    live: bool = False
    file: SentFile | None = None
    edited: bool = False
    foreign: bool = False
    moved_to: int = 0
    unknown: bool = False
    command: bool = False
    album: str = ""
    phone: str = field(default="", repr=False)

    @property
    def private(self) -> bool:
        return not self.chat.startswith("-")

    @property
    def group_word(self) -> bool:
        """Whether it is about what a group shows."""
        return self.text.split()[:1] == [GROUP_WORD]


def read(update: Update) -> Said | None:
    """None for what no person did to us: channel posts, other bots, news of a chat."""
    if update.callback_query:
        return _tapped(update.callback_query)
    message = update.message or update.edited_message
    if message is None:
        return None
    if message.migrate_to_chat_id:
        return Said("", str(message.chat.id), message.message_id, moved_to=message.migrate_to_chat_id)
    if message.from_user is None or message.from_user.is_bot:
        return None
    return _edited(message) if update.edited_message else _sent(message)


def _tapped(query: CallbackQuery) -> Said | None:
    message = query.message
    if message is None or not query.data:
        return None
    # Of a message too old Telegram tells the id alone, and zero for its date.
    assert isinstance(message, Message | InaccessibleMessage)
    who, where = str(query.from_user.id), str(message.chat.id)
    return Said(who, where, message.message_id, button=query.data, callback=query.id)


def _sent(message: Message) -> Said | None:
    assert message.from_user
    who, where, number = str(message.from_user.id), str(message.chat.id), message.message_id
    if message.text is not None:
        command = message.text.startswith("/")
        return Said(who, where, number, text=_words(message.text), command=command)
    if message.location:
        return Said(who, where, number, location=_place(message))
    file = _file(message)
    if file:
        return Said(
            who, where, number, file=file, text=message.caption or "", album=message.media_group_id or ""
        )
    if message.contact:
        own = message.contact.user_id == message.from_user.id
        return Said(who, where, number, phone=message.contact.phone_number, foreign=not own)
    heard = message.voice or message.video or message.video_note or message.audio or message.sticker
    return Said(who, where, number, unknown=True) if heard or message.poll or message.dice else None


def _edited(message: Message) -> Said | None:
    assert message.from_user
    who, where, number = str(message.from_user.id), str(message.chat.id), message.message_id
    if message.location:
        return Said(who, where, number, location=_place(message), live=True)
    changed = message.text is not None or message.caption is not None
    return Said(who, where, number, edited=True) if changed else None


def _place(message: Message) -> tuple[float, float]:
    assert message.location
    return message.location.latitude, message.location.longitude


def _file(message: Message) -> SentFile | None:
    """A photo in its largest size, or the document; an animation is a document too, and its bytes will tell."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return SentFile(largest.file_id, f"{message.message_id}.jpg", largest.file_size or 0)
    if message.document:
        document = message.document
        return SentFile(document.file_id, document.file_name or "", document.file_size or 0)
    return None


def _words(text: str) -> str:
    """A command of the menu is its word; a link's code, as "/start CODE", is the word that binds; else as written."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return text
    name, rest = found[1].lower(), (found[2] or "").strip()
    if name == "start":
        return line("telegram", "bind", code=rest) if rest else COMMANDS["task"]
    return " ".join(filter(None, (COMMANDS[name], rest))) if name in COMMANDS else text
