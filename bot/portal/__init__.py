"""The public pages: what was drawn, the transcript to take away, and the page that checks it. No account, no cookie."""

from bot.portal.published import Draw, Shelf
from bot.portal.routes import portal

__all__ = ["Draw", "Shelf", "portal"]
