"""The law as pure Python: no clock, no database, no network. Time, identity and randomness come in as arguments."""
