"""One shop that stands in the list twice is said to whoever holds the draw, and changes nothing of what is frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import directories, frozen
from storage.database import reading, writing
from tests.ceremony.hall import TASK, Hall
from tests.ceremony.test_long_draw import many
from tests.ceremony.test_storage import Room
from tests.databases import BACKENDS, demo_copy
from workflows.directory import TARGET_KINDS, Target
from workflows.draw.ceremony import commands as c
from workflows.draw.doubles import THINGS, Doubles, doubles
from workflows.draw.targets import in_task

CODE, OLD, OLDER = "91530822MA6K00001X", "R:532501600012345", "R:532501600099999"
SHOP = Target(CODE, "墨江春华(副食)店", address="联珠镇回归大道3号", tags=("食品",))
NOTE = "对检查对象名称和地址都相同"

words = st.text("墨江店(（)）1１ 　\n", max_size=6)
shops = st.lists(
    st.builds(Target, st.integers(0, 99).map(str), words, st.sampled_from(tuple(TARGET_KINDS)), words),
    unique_by=lambda one: one.id,
    max_size=8,
)


def plain(text: str) -> str:
    table = str.maketrans("（）１", "()1")
    return "".join(one for one in text.translate(table) if not one.isspace())


@given(shops, st.randoms())
def test_found_is_exactly_who_shares_name_and_address_with_another(
    targets: list[Target], chance: object
) -> None:
    spelt = {
        one.id: (plain(one.name), plain(one.address))
        for one in targets
        if one.kind not in THINGS and plain(one.name) and plain(one.address)
    }
    found = doubles(targets)
    assert (found.pairs if found else 0) == len(spelt) - len(set(spelt.values()))
    if found:
        assert found.first < found.second and spelt[found.first] == spelt[found.second]
    chance.shuffle(targets)  # type: ignore[attr-defined]
    assert doubles(targets) == found


@pytest.mark.parametrize("address", ["联珠镇回归大道３号", "联珠镇 回归大道3号", "联珠镇\u3000回归大道3号 "])
def test_spaces_and_full_width_make_no_second_shop(address: str) -> None:
    again = replace(SHOP, id=OLD, name="墨江春华（副食）店 ", address=address)
    assert doubles((again, SHOP)) == Doubles(1, CODE, OLD)
    assert doubles((again, replace(SHOP, id=OLDER), SHOP)) == Doubles(2, CODE, OLD)


@pytest.mark.parametrize(
    "other", [{"address": ""}, {"name": ""}, {"name": "别的店"}, {"address": "联珠镇回归大道33号"}]
)
def test_what_is_not_said_or_differs_is_no_double(other: dict[str, str]) -> None:
    one = replace(SHOP, **{field: "" if other[field] == "" else getattr(SHOP, field) for field in other})  # type: ignore[arg-type]
    assert doubles((one, replace(SHOP, id=OLD, **other))) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", THINGS)
def test_two_lifts_of_one_house_are_two(kind: str) -> None:
    assert doubles((replace(SHOP, kind=kind), replace(SHOP, id=OLD, kind=kind))) is None


@pytest.fixture(params=BACKENDS)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    with demo_copy(request.param, tmp_path) as (house, clock):
        yield Room(house, clock)


def double(room: Room | Hall, **change: object) -> tuple[Target, Target]:
    """A shop that the task means, once more under its old number."""
    with reading(room.house.engine) as tx:
        task = room.plan()[1] if isinstance(room, Room) else Room(room.house, room.clock).plan()[1]
        shop = next(one for one in in_task(directories.all_targets(tx), task) if one.status == "active")
    old = replace(shop, id=OLD, **change)  # type: ignore[arg-type]
    with writing(room.house.engine) as tx:
        directories.save_targets(tx, [old], room.clock())
    return shop, old


def bytes_of(room: Room) -> list[list[str]]:
    """Without the draw's number, which is another for each."""
    with reading(room.house.engine) as tx:
        files = [frozen.read(tx, digest) for _, digest in sorted(room.kept.closet.files.items())]
    return [[line.replace(room.id, "") for line in lines] for lines in files]


def test_it_is_kept_beside_the_frozen_list_and_not_in_it(room: Room) -> None:
    shop, old = double(room)
    room.freeze()
    assert room.kept.closet.doubles == Doubles(1, shop.id, OLD)
    before = bytes_of(room)
    room.do(c.Abandon("名单有误", f"{room.id}.2"))
    with writing(room.house.engine) as tx:
        directories.save_targets(tx, [replace(old, address="别处")], room.clock())
    room.freeze()
    assert room.kept.closet.doubles is None
    assert bytes_of(room) == before


@pytest.mark.parametrize("change", [{"status": "closed"}, {"tags": ()}])
def test_who_cannot_be_drawn_has_no_second_chance(room: Room, change: dict[str, object]) -> None:
    double(room, **change)
    room.freeze()
    assert room.kept.ceremony.stage == "FROZEN" and room.kept.closet.doubles is None


def test_it_stands_on_the_card_of_a_draw_held_at_once(hall: Hall) -> None:
    double(hall)
    o = hall.organiser
    o.say("抽取")
    o.tap(f"抽取：{TASK}")
    o.tap("确认抽取")
    assert hall.stage == "DRAWN" and o.sees(f"1 {NOTE}") and o.sees("532501600012345")


def test_a_large_list_frozen_beside_the_conversation_says_it_too(hall: Hall) -> None:
    many(hall.house)
    shop, _ = double(hall)
    o = hall.frozen()
    assert o.sees(f"1 {NOTE}") and o.sees(shop.id)
    hall.first.send(button=hall.data("ceremony"))
    assert hall.first.sees("名单已冻结") and not hall.first.sees(NOTE)


def test_a_list_without_doubles_says_nothing_of_them(hall: Hall) -> None:
    assert not hall.frozen().sees(NOTE)
