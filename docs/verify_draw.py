"""Checks a draw from its transcript and its files: python3 verify_draw.py transcript.json objects.txt inspectors.txt [recusals.txt]

Independent of the program that drew: only the standard library, written from docs/draw.md. Prints every check; exit code 1
when one fails. Without files it checks what is public.
"""

import hashlib
import hmac
import json
import re
import sys
from datetime import datetime
from pathlib import Path

SHAPES = {
    "unordered": r"((0|[1-9][0-9]*)\.)+/",
    "ordered": r"[0-9]+\./",
    "drand": r"drand:[0-9A-Za-z._-]{1,64}:[1-9][0-9]*=[0-9a-f]{64}",
}
LINE = re.compile(r"([0-9A-Za-z._:-]{1,55})\|([^|]+)\|([1-9][0-9]{0,6})\|(E|X:[0-9A-Za-z._-]{1,55})")


def sha(data):
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def joined(*fields):
    return sha("".join(f"{field}\n" for field in fields))


def merkle(leaves):
    """RFC 6962, level by level: an odd one at the end goes up as it is."""
    level = [hashlib.sha256(b"\0" + one.encode()).digest() for one in leaves]
    if not level:
        return sha(b"")
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\1" + b"".join(p)).digest() if len(p) == 2 else p[0] for p in pairs]
    return level[0].hex()


def size(quota, n):
    num, den, rounding, least, most, _ = quota
    k = -(-n * num // den) if rounding == "ceil" else n * num // den
    return min(max(k, least), n if most is None else most, n)


def shaped(source, told):
    if not re.fullmatch(SHAPES[source[0]], told):
        return False
    numbers = [int(one) for one in told[:-2].split(".")] if source[0] == "unordered" else []
    return numbers == sorted(numbers) and datetime.fromisoformat(source[3]).tzinfo is not None


def public(t, plan):
    """What needs no file and no secret: (what, ok)."""
    sides = [t["objects"], t["inspectors"]]
    trees = [field for one in sides for field in (one["n"], one["root"])]
    made = joined("DR1/commit", sha(t["plan"]), *trees, t["recusals"]["root"], *(one["com"] for one in sides))
    yield "plan", canonical(plan) == t["plan"] and plan["alg"] == "DR1-sha256"
    yield "commit", made == t["commit"]
    heard = [one.split("=") for one in t["witnesses"]]
    spoken = all(re.fullmatch(r"ABSENT|[0-9]{20,}", said) for _, said in heard)
    yield "witnesses", spoken and [one for one, _ in heard] == sorted(plan["witnesses"])
    fits = [shaped(*pair) for pair in zip(plan["beacons"], t["beacon"], strict=False)]
    yield "beacon", all(fits) and len(fits) == len(plan["beacons"]) == len(t["beacon"])
    quotas = plan["strata"]
    right = all(size(quotas[name], n) == k for name, n, k in t["counts"])
    yield "counts", right and [one[0] for one in t["counts"]] == sorted(quotas)
    parts = ("commit", "witnesses", "beacon", "counts", "thresholds_root", "result")
    yield "record", sha(canonical([t[part] for part in parts])) == t["record"]


def thresholds(t, plan):
    """Once opened: the lists are in order and as long as the quota says, and their ends give the root."""
    lines = []
    for name, n, k in t["counts"]:
        chosen, spare = t["selected"][name], t["reserve"][name]
        rows = chosen + spare
        length = len(chosen) == k and len(spare) == min(plan["strata"][name][5], n - k)
        yield f"ranks {name}", length and rows == sorted(rows) and len({one[2] for one in rows}) == len(rows)
        rank, ticket, _ = chosen[-1] if chosen else ("", "", "")
        lines.append(f"{name}|{n}|{k}|{rank}|{ticket}")
    yield "thresholds", merkle(sorted(lines, key=str.encode)) == t["thresholds_root"]


def key_of(t, plan):
    heard, told = t["witnesses"], "".join(t["beacon"])
    seed = joined("DR1/seed", t["commit"], len(heard), *heard, told, t["secrets"][0])
    return joined("DR1/key", seed, "object/" + plan["plan"])


def opened(t, plan):
    for secret, side in zip(t["secrets"], ("objects", "inspectors"), strict=False):
        yield f"secret {side}", joined("DR1/seal", secret) == t[side]["com"]
    key = key_of(t, plan)
    for name, _, _ in t["counts"]:
        told = t["selected"][name] + t["reserve"][name]
        yield f"tickets {name}", all(sha(key + id) == own for _, own, id in told)


def replay(t, plan, files):
    rows = [LINE.fullmatch(line) for line in files[0]]
    ids = [row[1] for row in rows]
    yield "order", ids == sorted(set(ids))
    leaves = files[0]
    if t["objects"]["salted"]:
        secret = bytes.fromhex(t["secrets"][2])
        salts = [hmac.new(secret, id.encode(), hashlib.sha256).hexdigest()[:32] for id in ids]
        leaves = [f"{line}|{salt}" for line, salt in zip(leaves, salts, strict=False)]
    for name, lines in zip(("objects", "inspectors", "recusals"), (leaves, *files[1:]), strict=False):
        yield f"file {name}", [len(lines), merkle(lines)] == [t[name]["n"], t[name]["root"]]
    if t["secrets"] is None:
        return
    key, strata = key_of(t, plan), {name: [] for name in plan["strata"]}
    for id, stratum, weight, status in (row.groups() for row in rows):
        if status == "E":
            ticket = sha(key + id)
            strata[stratum].append([int(ticket[:13], 16) // int(weight), ticket, id])
    for name, places in strata.items():
        end = size(plan["strata"][name], len(places)) + plan["strata"][name][5]
        yield f"replay {name}", sorted(places)[:end] == t["selected"][name] + t["reserve"][name]


def verify(text, files=()):
    """[(what, ok)]; `files` are lists of lines: objects, inspectors, recusals."""
    checks = []
    try:
        t = json.loads(text)
        rest = {name: value for name, value in t.items() if name != "digest"}
        checks.append(("form", canonical(t) == text and sha(canonical(rest)) == t["digest"]))
        plan = json.loads(t["plan"])
        checks += public(t, plan)
        checks += thresholds(t, plan) if t["selected"] is not None else []
        checks += opened(t, plan) if t["secrets"] is not None else []
        checks += replay(t, plan, [*files, []][:3]) if files else []
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        checks.append((f"readable: {error}", False))
    return checks


if __name__ == "__main__":
    texts = [Path(name).read_bytes().decode() for name in sys.argv[1:]] or sys.exit(__doc__)
    found = verify(texts[0].rstrip("\n"), [text.split("\n")[:-1] for text in texts[1:]])
    sys.stdout.write("".join(f"{'ok  ' if ok else 'FAIL'} {what}\n" for what, ok in found))
    sys.exit(not all(ok for _, ok in found))
