"""The draw as a ceremony (draw.md, "Order of moves"): commands in, events or a refusal out.

FROZEN -> COMMITTED -> NONCES -> BEACON -> DRAWN -> RELEASED -> OPENED -> CLOSED, and ABANDONED from anywhere before CLOSED.
`decide.decide(ceremony | None, command, facts)` gives `Refused` or events (empty: already so); `evolve.evolve` folds them.
Storage keeps the events, the frozen files and, sealed, what `outcome.outcome` gives; no event says who goes where.
"""
