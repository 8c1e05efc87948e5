"""The lists of results and measures: a bureau's own file is read whole or told what is wrong in it, where, in words."""

from __future__ import annotations

import pytest

from workflows.disclosure import parse_options
from workflows.errors import BadInput

WHOLE = """
[[results]]
code = "1"
label = "未发现问题"
exclusive = true
[[results]]
code = "E"
label = "当场改正"
[[measures]]
code = "none"
label = "无需后续处置"
exclusive = true
"""


def test_a_bureau_s_own_lists_are_read() -> None:
    own = parse_options(WHOLE + '[[measures]]\ncode = "9"\nlabel = "约谈"\ngroup = "行政指导"\n', "own.toml")
    found = own.measure("9")
    assert found and (found.label, found.group, found.exclusive) == ("约谈", "行政指导", False)
    assert own.result("9") is None


@pytest.mark.rule("no-finding-excludes")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[results", "TOML"),
        ("results = 5", "results"),
        ('results = ["1"]', "第 1 项"),
        (WHOLE + '[[results]]\ncode = 5\nlabel = "警告"', "第 3 项.*code"),
        (WHOLE + '[[results]]\ncode = "5"', "第 3 项.*label"),
        (WHOLE + '[[results]]\ncode = "5"\nlabel = " "', "第 3 项.*label"),
        (WHOLE + '[[results]]\ncode = "5"\nlabel = "警告"\nexclusive = "no"', "第 3 项.*exclusive"),
        (WHOLE + '[[results]]\ncode = "5"\nlabel = "警告"\nkode = "6"', "第 3 项.*kode"),
        (WHOLE + '[[measures]]\ncode = "none"\nlabel = "约谈"', "none.*两次"),
        (WHOLE.replace('"E"', '"F"'), "缺少必备代码 E"),
        (WHOLE.replace('"none"', '"0"'), "缺少必备代码 none"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_its_place(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=f"^own.toml.*{says}"):
        parse_options(text, "own.toml")
