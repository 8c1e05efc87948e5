"""The room that remembers. Synchronous throughout; the bot calls it through a bounded worker."""
