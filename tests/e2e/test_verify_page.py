"""The page anybody checks a draw with, in a real browser: it agrees with both other checkers, byte for byte."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.read_out import read_out
from tests.draw.test_bytes import FILE, VECTORS
from tests.draw.world import PLAN, Hall, secret, some_lines
from tests.e2e.browser import chromium, folder_for_pictures, phone
from tests.e2e.serving import open_office
from workflows.draw import seal
from workflows.draw.lines import Line, freeze, read
from workflows.draw.merkle import leaves, proof, tree
from workflows.draw.own_line import OwnLine, written
from workflows.draw.quota import Quota
from workflows.draw.strata import count, select
from workflows.draw.tickets import key
from workflows.draw.transcript import announcement, sealed
from workflows.draw.verify import Lists, verify

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "templates/portal/verify.html").as_uri()
SIDES = ("objects", "inspectors", "recusals")


def stranger() -> ModuleType:
    spec = util.spec_from_file_location("verify_draw", ROOT / "docs/verify_draw.py")
    assert spec and spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


OTHER = stranger()
Files = dict[str, bytes]


@dataclass
class Checker:
    """The page as a person uses it. `complaints` is what the browser's console said."""

    page: Page
    complaints: list[str]

    def check(self, files: Files) -> tuple[bool, str]:
        """(all holds, everything the page says) of a transcript and perhaps lists, put in one by one."""
        self.page.goto(PAGE)
        for name, data in files.items():
            file = {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": data}
            self.page.set_input_files(f"#file-{name}", file)  # type: ignore[arg-type]
        self.page.get_by_role("button", name="开始核验").click()
        expect(self.page.locator("#verdict")).to_be_visible()
        marks = self.page.locator("#checks li").evaluate_all("all => all.map(one => one.className)")
        good = self.page.locator("#verdict").evaluate("one => one.classList.contains('good')")
        assert good == ("bad" not in marks)
        return good, self.page.locator("#result").inner_text()

    def look_up(self, code: str, slip: str = "") -> str:
        self.page.fill("#code", code)
        self.page.fill("#slip", slip)
        return self.looked()

    def open_slip(self, slip: str) -> str:
        """The proof as a file, and no code typed."""
        self.page.fill("#code", "")
        file = {"name": "名录证明.txt", "mimeType": "text/plain", "buffer": slip.encode()}
        self.page.set_input_files("#file-slip", file)  # type: ignore[arg-type]
        expect(self.page.locator("#slip")).to_have_value(slip.strip())
        return self.looked()

    def looked(self) -> str:
        """The one sentence, then what stands below it; ✓ only where nothing is wrong."""
        self.page.evaluate("unsay()")
        self.page.get_by_role("button", name="核对这一行").click()
        verdict = self.page.locator("#own-verdict")
        expect(verdict).to_be_visible()
        marks = self.page.locator("#place li").evaluate_all("all => all.map(one => one.className)")
        assert verdict.inner_text().startswith("✗" if "bad" in marks else "✓")
        return (verdict.inner_text() + self.page.locator("#place").inner_text()).replace("\n", "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def checker(browser: Browser) -> Iterator[Checker]:
    with phone(browser) as context:
        made = Checker(context.new_page(), [])
        made.page.on("console", lambda said: made.complaints.append(said.text))
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        context.set_offline(True)
        yield made
        assert made.complaints == []


def text_of(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def files_of(hall: Hall) -> Files:
    lists = {side: text_of(getattr(hall, side)) for side in SIDES}
    return {"transcript": hall.transcript().encode(), **lists}


def opened(name: str = "x", **facts: Any) -> Hall:
    hall = Hall(name, **facts)
    hall.open()
    return hall


def random_hall(dice: random.Random) -> Hall:
    """Another plan and other files each time: names in Chinese, ends of every kind, empty strata, salted files."""
    name = f"h{dice.random()}"
    strata = {
        f"{word}:{dice.randrange(9999)}": Quota(
            dice.randrange(1, 60),
            100,
            dice.choice(["ceil", "floor"]),
            dice.randrange(3),
            dice.choice([None, 4]),
            dice.randrange(4),
        )
        for word in dice.sample(["食品", "药品", "A", "Z", "特种设备", "\U00020bb7野"], dice.randrange(1, 6))
    }
    plan = replace(PLAN, id=f"2026-01/T{dice.randrange(99)}", strata=strata)
    hall = Hall(name, plan, list_secret=dice.choice(["", secret(name)]))
    lines = [
        Line(
            f"R:{secret(f'{name}{at}')[:13]}",
            dice.choice(list(strata)),
            dice.randrange(1, 1_000_001),
            dice.choice(["E", "E", "X:DEREG"]),
        )
        for at in range(dice.randrange(1, 90))
    ]
    hall.objects = freeze(lines)
    files = {side: getattr(hall, side) for side in SIDES}
    hall.facts = replace(hall.facts, files=files)
    return hall


def changed(data: bytes, dice: random.Random) -> bytes:
    """One byte become another, gone, or come in."""
    at, other = dice.randrange(len(data)), bytes([dice.choice(b'0123456789abcdefAEX|:"{}[], \n')])
    made = dice.choice(
        [data[:at] + other + data[at + 1 :]] * 8 + [data[:at] + data[at + 1 :], data[:at] + other + data[at:]]
    )
    return made if made.rstrip(b"\n") != data.rstrip(b"\n") else changed(data, dice)


def split(data: bytes) -> list[str]:
    """As docs/verify_draw.py reads a file."""
    return data.decode().split("\n")[:-1]


def ours(files: Files) -> bool:
    try:
        lists = Lists(*(split(files[side]) for side in SIDES)) if "objects" in files else None
        return all(check.ok for check in verify(files["transcript"].decode().rstrip("\n"), lists))
    except ValueError:
        return False


def theirs(files: Files) -> bool:
    try:
        lists = [split(files[side]) for side in SIDES] if "objects" in files else []
        return all(ok for _, ok in OTHER.verify(files["transcript"].decode().rstrip("\n"), lists))
    except ValueError:
        return False


def test_our_own_vectors_byte_by_byte(checker: Checker) -> None:
    page = checker.page
    page.goto(PAGE)
    strata = {
        f"FOOD:5301:{one}": [part, 100, "ceil", 0, None, 2]
        for one, part in zip("ABCD", (1, 3, 10, 50), strict=True)
    }
    counts = [[name, VECTORS["result"][name]["n"], VECTORS["result"][name]["k"]] for name in strata]
    made = page.evaluate(
        """async ([file, strata, counts, seed]) => {
          const key = joined('DR1/key', seed, 'object/2026-YN-0001'), again = drawing(key, strata, counts);
          const trees = await walk(new Blob([file]), (line) => {
            const [id, stratum, weight, status] = line.split('|');
            again.look(id, stratum, +weight, status === 'E');
            return '';
          });
          return { key, root: trees.root(), n: trees.n(), first: hex(tickets(key)(file.split('|')[0])),
                   sizes: counts.map(([name, n]) => take(strata[name], n)), drawn: Object.fromEntries(again.result()) };
        }""",
        [text_of(FILE).decode(), strata, counts, VECTORS["seed"]],
    )
    assert (made["key"], made["root"], made["n"]) == (VECTORS["key"], VECTORS["root"], 40)
    assert made["first"] == VECTORS["ticket0"]
    assert made["sizes"] == [k for _, _, k in counts]
    for name, expected in VECTORS["result"].items():
        one = made["drawn"][name]
        assert one["n"] == expected["n"]
        assert [id for _, _, id in one["selected"]] == expected["selected"]
        assert [id for _, _, id in one["reserve"]] == expected["substitutes"]
        assert one["selected"][-1][1] == expected["threshold"]


def test_hashes_and_trees_of_every_length(checker: Checker) -> None:
    checker.page.goto(PAGE)
    texts = ["质" * at + "x" * (at % 3) for at in range(90)]
    made = checker.page.evaluate("texts => texts.map(one => sha(one))", texts)
    assert made == [OTHER.sha(one) for one in texts]
    roots = checker.page.evaluate("texts => texts.map((_, n) => rootOf(texts.slice(0, n)))", texts)
    assert roots == [tree(leaves(texts[:n])).root for n in range(90)]
    salts = checker.page.evaluate(
        "([key, ids]) => ids.map(salts(fromHex(key)))", [secret("list"), ["R:1", "P:0001", "R:" + "9" * 53]]
    )
    assert salts == [seal.salt(secret("list"), id) for id in ("R:1", "P:0001", "R:" + "9" * 53)]


def test_canonical_json_is_the_same_bytes(checker: Checker) -> None:
    """Names beyond the first 65,536 characters sort otherwise in JavaScript, and numbers as names come first there."""
    checker.page.goto(PAGE)
    odd = {"\U00020bb7野": [1, None, ["质"]], "Ｚ": {"2": True, "10": {}, "": []}, "z": '"\\\n\u2028\x7f/'}
    assert checker.page.evaluate("value => canonical(value)", odd) == OTHER.canonical(odd)


def test_the_three_checkers_accept_the_same_draws(checker: Checker) -> None:
    dice = random.Random(6962)
    for _ in range(12):
        hall = random_hall(dice)
        hall.open()
        files = files_of(hall)
        good, said = checker.check(files)
        assert good, said
        assert "重新抽取" in said
        assert (ours(files), theirs(files)) == (True, True)


def changed_field(text: str, field: str) -> str:
    """One letter or digit of that field of a transcript, another one of its kind."""
    at = text.index(f'"{field}":') + len(field) + 3
    while not text[at].isalnum():
        at += 1
    other = {"n": "m", "t": "f", "f": "t", "D": "d"}.get(text[at], "1" if text[at] != "1" else "2")
    return text[:at] + other + text[at + 1 :]


def test_no_changed_byte_escapes_and_the_page_says_where(checker: Checker) -> None:
    dice = random.Random(3797)
    hall = opened(list_secret=secret("list"))
    files = files_of(hall)
    text = hall.transcript()
    fields = [changed_field(text, field).encode() for field in json.loads(text)]
    changes = [("transcript", data) for data in fields]
    changes += [("transcript", changed(files["transcript"], dice)) for _ in range(11)]
    changes += [("transcript", text.replace(":", ": ", 1).encode())]
    changes += [(side, changed(files[side], dice)) for side in SIDES for _ in range(7)]
    assert len(changes) == 50
    for name, data in changes:
        other = {**files, name: data}
        good, _ = checker.check(other)
        assert (good, ours(other), theirs(other)) == (False, False, False), (name, data)
        where = checker.page.locator("#checks .bad small").all_inner_texts()
        assert where
        assert all(where)


@pytest.mark.parametrize("side", SIDES)
def test_a_list_that_lost_its_last_line_feed_is_not_whole(checker: Checker, side: str) -> None:
    files = files_of(opened())
    files[side] = files[side][:-1]
    good, said = checker.check(files)
    assert (good, ours(files), theirs(files)) == (False, False, False)
    assert "没有换行符，文件可能不完整" in said


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("commit", "$.commit"),
        ("witnesses", "$.witnesses"),
        ("beacon", "$.beacon[0]（快乐8）"),
        ("counts", "分层“A”"),
        ("thresholds_root", "$.thresholds_root"),
        ("result", "$.record"),
        ("selected", "分层“A”的 R:"),
        ("secrets", "$.secrets[0]"),
    ],
)
def test_who_mends_the_digest_is_caught_by_the_other_checks(checker: Checker, field: str, told: str) -> None:
    hall = opened()
    said = json.loads(hall.transcript())
    forged: dict[str, Any] = {
        "commit": "cd" * 32,
        "witnesses": said["witnesses"][::-1],
        "beacon": ["5.1.12.80./", said["beacon"][1]],
        "counts": [["A", 10, 3], said["counts"][1]],
        "thresholds_root": "cd" * 32,
        "result": "cd" * 32,
        "selected": json.loads(opened("another").transcript())["selected"],
        "secrets": ["cd" * 32, *said["secrets"][1:]],
    }
    files = {**files_of(hall), "transcript": sealed({**said, field: forged[field]}).encode()}
    good, page = checker.check(files)
    assert (good, ours(files), theirs(files)) == (False, False, False)
    assert told in page


def test_who_is_passed_over_is_found_by_drawing_again(checker: Checker) -> None:
    """Everything mended that can be mended: only the list shows that somebody came before those selected."""
    hall = opened()
    said = json.loads(hall.transcript())
    more = {name: replace(quota, reserve=quota.reserve + 1) for name, quota in PLAN.strata.items()}
    own = key(hall.outcome().seed_objects, f"object/{PLAN.id}")
    drawn = select(read(hall.objects), own, more, count(read(hall.objects), more))
    for name, one in drawn.items():
        order, k = [list(place) for place in (*one.selected, *one.reserve)][1:], len(one.selected)
        said["selected"][name], said["reserve"][name] = order[:k], order[k:]
    ends = [(name, n, k, *said["selected"][name][-1][:2]) for name, n, k in said["counts"]]
    said["thresholds_root"] = tree(leaves("|".join(map(str, end)) for end in ends)).root
    parts = ("commit", "witnesses", "beacon", "counts", "thresholds_root", "result")
    said["record"] = OTHER.sha(OTHER.canonical([said[part] for part in parts]))
    files = {**files_of(hall), "transcript": sealed(said).encode()}
    assert checker.check({"transcript": files["transcript"]})[0]
    good, page = checker.check(files)
    assert (good, ours(files), theirs(files)) == (False, False, False)
    assert "$.selected[A] 第 1 位，$.reserve[A] 第 1 位，$.selected[B] 第 1 位" in page
    assert checker.page.locator("#checks .bad").count() == 1


@pytest.mark.parametrize("stage", ["sealed", "opened"])
def test_without_lists_the_public_part_is_checked_and_what_is_missing_is_said(
    checker: Checker, stage: str
) -> None:
    hall = Hall()
    hall.sealed() if stage == "sealed" else hall.open()
    files = {"transcript": hall.transcript().encode() + b"\n"}
    good, said = checker.check(files)
    assert (good, ours(files), theirs(files)) == (True, True, True)
    assert "没有放入检查对象名单，没有重新抽取" in said
    assert ("入选名单尚未公布" in said) == (stage == "sealed")
    assert ("抽签号：入选和备选共 8 个" in said) == (stage == "opened")


def test_a_draw_without_beacon_and_witness_is_not_praised(checker: Checker) -> None:
    hall = opened()
    said = json.loads(hall.transcript())
    plan = {**json.loads(said["plan"]), "beacons": [], "witnesses": []}
    text = sealed({**said, "plan": OTHER.canonical(plan), "beacon": [], "witnesses": []})
    assert "随机数全部由组织方给出" in checker.check({"transcript": text.encode()})[1]


def test_a_task_without_strata_is_not_said_to_have_some(checker: Checker) -> None:
    """Its one stratum is named after it, and "-" is what it does not mean."""
    strata = {"T1": Quota(1, 2), "-": Quota(0, 1)}
    hall = Hall(plan=replace(PLAN, strata=strata))
    hall.objects = freeze((Line("R:1", "T1"), Line("R:2", "T1"), Line("R:3", "-", 1, "X:SCOPE")))
    hall.facts = replace(hall.facts, files={side: getattr(hall, side) for side in SIDES})
    hall.open()
    good, said = checker.check(files_of(hall))
    assert good
    assert "抽取数：不分层，可抽 2，抽 1" in said
    assert "参加抽取：不分层，权重 1，本层可抽 2，抽 1" in checker.look_up("R:1")


def test_the_number_noted_in_the_hall_is_found_on_the_page_and_drand_counts_rounds(checker: Checker) -> None:
    hall = opened()
    said = json.loads(hall.transcript())
    plan = json.loads(said["plan"])
    plan["beacons"][0] = ["drand", "quicknet", "12", plan["beacons"][0][3]]
    shone = [f"drand:quicknet:12={'ab' * 32}", *said["beacon"][1:]]
    text = sealed({**said, "plan": OTHER.canonical(plan), "beacon": shone})
    told = checker.check({"transcript": text.encode()})[1]
    assert f"承诺数 {' '.join(read_out(said['commit']))}" in told
    assert "quicknet 第 12 轮、排列5 第 26234 期" in told


@pytest.mark.parametrize("list_secret", ["", secret("list")])
def test_a_target_sees_its_own_place(checker: Checker, list_secret: str) -> None:
    hall = opened(list_secret=list_secret)
    said = json.loads(hall.transcript())
    assert checker.check({"transcript": hall.transcript().encode()})[0]
    salts = [seal.salt(list_secret, line.id) for line in read(hall.objects)] if list_secret else None
    slips = {}
    for index, line in enumerate(hall.objects):
        path = proof(leaves(hall.objects, salts), index, len(hall.objects))
        salt = [salts[index]] if salts else []
        slips[line.split("|")[0]] = "\n".join([line, str(index + 1), *salt, *path])
    expected = dict.fromkeys(slips, "未抽中；")
    for name in "AB":
        expected |= {row[2]: f"已抽中，本层第 {at} 位" for at, row in enumerate(said["selected"][name], 1)}
        expected |= {row[2]: f"未抽中，备选第 {at} 位" for at, row in enumerate(said["reserve"][name], 1)}
    expected |= {
        line.id: "不参加抽取，登记的原因代码是 DEREG" for line in read(hall.objects) if not line.eligible
    }
    for number, (id, slip) in enumerate(slips.items(), start=1):
        answer = checker.look_up(f" {id.lower().removeprefix('r:')} " if number == 3 else id, slip)
        assert f"名单第 {number} 行，共 24 行" in answer
        assert expected[id] in answer
        assert "✗" not in answer
    some, other = list(slips)[:2]
    assert "算不出公布的根值" in checker.look_up(some, slips[some].replace("|1|", "|9|"))
    assert "算不出公布的根值" in checker.look_up(some, slips[some].rsplit("\n", 1)[0])
    assert "这一行不是这个代码的" in checker.look_up(other, slips[some])
    assert "请打开或粘贴名录证明" in checker.look_up(other)
    assert checker.open_slip(slips[some] + "\n").startswith(f"✓ {some} 在 {PLAN.id} 抽取前公布的名单里")


@pytest.mark.parametrize("list_secret", ["", secret("list")])
def test_before_the_draw_a_line_is_checked_against_the_announcement(
    checker: Checker, list_secret: str
) -> None:
    hall = Hall(list_secret=list_secret)
    hall.commit()
    assert hall.ceremony
    said = announcement(hall.ceremony)
    good, page = checker.check({"transcript": said.encode()})
    assert good and all(check.ok for check in verify(said))
    assert "抽取以后请用抽取记录再核" in page
    salts = [seal.salt(list_secret, line.id) for line in read(hall.objects)] if list_secret else None
    path = proof(leaves(hall.objects, salts), 8, len(hall.objects))
    own = written(OwnLine(hall.objects[8], 8, path, salts[8] if salts else ""))
    told = checker.open_slip(own)
    assert "名单第 9 行，共 24 行" in told
    assert "还没有抽取，这一行不说明会不会抽中" in told
    assert told.startswith("✓")
    assert checker.open_slip(own.replace("|E\n", "|X:GONE\n")).startswith("✗ 不能证明这一行在 ")
    assert "不是同一次抽取的证明" in checker.open_slip(own.replace(path[0], "ab" * 32))
    assert checker.open_slip("早上好").startswith("✗ 没有可以核对的内容")
    forged = json.loads(said) | {"commit": "cd" * 32}
    assert not checker.check({"transcript": sealed(forged).encode()})[0]
    assert not all(check.ok for check in verify(sealed(forged)))
    expect(checker.page.get_by_role("button", name="核对这一行")).to_be_disabled()


def test_an_announcement_is_checked_with_its_list_before_anybody_is_found_in_it(checker: Checker) -> None:
    hall = Hall()
    hall.commit()
    assert hall.ceremony
    files = {"transcript": announcement(hall.ceremony).encode(), "objects": text_of(hall.objects)}
    assert checker.check(files)[0]
    assert "名单第 8 行，共 24 行" in checker.look_up(hall.objects[7].split("|")[0])
    good, page = checker.check({**files, "objects": text_of(some_lines("y"))})
    assert not good
    assert "检查对象名单：不符" in page
    expect(checker.page.get_by_role("button", name="核对这一行")).to_be_disabled()


def test_with_the_list_at_hand_nothing_is_pasted(checker: Checker) -> None:
    hall = opened()
    assert checker.check(files_of(hall))[0]
    assert "名单第 8 行，共 24 行" in checker.look_up(hall.objects[7].split("|")[0])
    assert checker.look_up("R:NOBODY").startswith(f"✗ R:NOBODY 不在 {PLAN.id} 公布的名单里")


def test_files_dropped_together_find_their_places(checker: Checker) -> None:
    hall = opened()
    checker.page.goto(PAGE)
    together = [
        {"name": f"{at}", "mimeType": "", "buffer": data} for at, data in enumerate(files_of(hall).values())
    ]
    path = proof(leaves(hall.objects), 3, len(hall.objects))
    slip = written(OwnLine(hall.objects[3], 3, path, ""))
    together.append({"name": "slip", "mimeType": "", "buffer": slip.encode()})
    checker.page.set_input_files("#many", together[::-1])  # type: ignore[arg-type]
    expect(checker.page.locator("#slip")).to_have_value(slip.strip())
    expect(checker.page.locator("dd.given")).to_have_count(4)
    checker.page.get_by_role("button", name="开始核验").click()
    expect(checker.page.locator("#verdict")).to_have_text("✓ 核了 19 项，全部相符；1 项没有核，见标 – 的")


def test_a_long_list_shows_how_far_it_is_and_the_page_stays_awake(checker: Checker) -> None:
    hall = Hall()
    hall.objects = freeze(Line(f"R:{at:09d}", "AB"[at % 2]) for at in range(30_000))
    hall.facts = replace(hall.facts, files={side: getattr(hall, side) for side in SIDES})
    hall.open()
    checker.page.goto(PAGE)
    checker.page.evaluate(
        """() => {
          window.seen = [];
          new MutationObserver(() => seen.push(document.getElementById('done').textContent)).observe(
            document.getElementById('done'), { childList: true });
        }"""
    )
    files = files_of(hall)
    for name, data in files.items():
        checker.page.set_input_files(f"#file-{name}", {"name": name, "mimeType": "", "buffer": data})
    checker.page.get_by_role("button", name="开始核验").click()
    expect(checker.page.locator("#verdict")).to_have_class("verdict good", timeout=60_000)
    seen = checker.page.evaluate("seen")
    assert len({one for one in seen if one.startswith("已核") and one.endswith("行")}) > 1


def test_a_forged_transcript_cannot_write_into_the_page(checker: Checker) -> None:
    said = json.loads(opened().transcript())
    evil = "<img src=x onerror=alert(1)><script>document.title='bad'</script>"
    plan = {
        **json.loads(said["plan"]),
        "plan": evil,
        "beacons": [["ordered", evil, "1", PLAN.sources[0].at.isoformat()]],
    }
    text = sealed({**said, "plan": OTHER.canonical(plan), "counts": [[evil, 1, 1]]})
    good, page = checker.check({"transcript": text.encode()})
    assert not good
    assert evil in page
    assert checker.page.locator("#result img, #result script").count() == 0
    assert checker.page.title() == "抽取结果核验"


def test_how_it_looks_on_a_phone_and_on_a_desk(browser: Browser, checker: Checker, tmp_path: Path) -> None:
    pictures = folder_for_pictures(tmp_path / "pictures")
    hall = opened()
    files = files_of(hall)
    wide = browser.new_page(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    for page, name in ((checker.page, "phone"), (wide, "desk")):
        one = Checker(page, [])
        assert one.check(files)[0]
        one.look_up(hall.objects[7].split("|")[0])
        page.screenshot(path=pictures / f"verify-{name}.png", full_page=True)
        broken = {**files, "objects": files["objects"].replace(b"|E\n", b"|X:GONE\n", 1)}
        assert not one.check(broken)[0]
        page.screenshot(path=pictures / f"verify-{name}-broken.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    wide.close()


def test_a_stranger_takes_the_demos_draw_from_the_public_pages_and_checks_it(
    browser: Browser, tmp_path: Path
) -> None:
    """No account and no link: list, page, transcript, and the served page that checks it."""
    pictures = folder_for_pictures(tmp_path / "pictures")
    office = open_office(tmp_path / "demo")
    office.start("demo")
    try:
        with phone(browser) as context:
            page, complaints = context.new_page(), []
            page.on("console", lambda said: complaints.append(said.text))
            page.goto(f"{office.address}/draws")
            page.screenshot(path=pictures / "draws.png", full_page=True)
            page.locator(".draws a").first.click()
            expect(page.locator(".stage")).to_have_text("抽取已结束，任何人都可以重新抽取核对")
            page.screenshot(path=pictures / "draw.png", full_page=True)
            with page.expect_download() as taken:
                page.get_by_role("link", name="下载抽取记录").click()
            page.get_by_role("link", name="打开核验页").click()
            page.set_input_files("#many", taken.value.path())
            page.get_by_role("button", name="开始核验").click()
            expect(page.locator("#verdict")).to_have_class("verdict good")
            expect(page.locator("#checks .bad")).to_have_count(0)
            assert (complaints, context.cookies()) == ([], [])
    finally:
        office.kill()
