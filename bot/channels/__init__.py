"""One package or file per chat platform; imported only when configured."""
