"""Free words: what a typed sentence asks for. It answers questions; what would change anything it only names."""

from bot.phrases.match import understand
from bot.phrases.meaning import Known, Period, Slots, Understood, Unsure

__all__ = ["Known", "Period", "Slots", "Understood", "Unsure", "understand"]
