"""The object draw over a directory of any size: the same bytes out of every engine. See docs/any_size.md."""
