"""`fengcai token`: made, listed by its beginning, taken back; words for what is wrong."""

from __future__ import annotations

import re

from tests.cli.test_contest import fengcai

__all__ = ["fengcai"]


def test_a_token_from_its_making_to_its_end(fengcai) -> None:  # type: ignore[no-untyped-def]
    create = ("token", "create", "--account", "office", "--name", "OA 同步")
    made = fengcai(*create, "--scope", "entries:read", "--scope", "jobs:read", "--days", "30")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    assert re.fullmatch(r"fc_[\w-]{43}", key)
    assert "只显示这一次" in made.stderr

    listed = fengcai("token", "list").stdout.strip().split("\t")
    assert listed[:6] == ["1", "有效", "office", f"{key[:7]}…", "OA 同步", "entries:read jobs:read"]
    assert key not in "\t".join(listed)
    assert listed[-1] == "没有用过"

    assert fengcai("token", "revoke", "1").stdout.strip() == "令牌 1“OA 同步”已停用"
    assert fengcai("token", "list", "--account", "office").stdout.split("\t")[1] == "已停用"

    wrong = fengcai(*create, "--scope", "root")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "没有这样的权限：root" in wrong.stderr
    nobody = fengcai("token", "list", "--account", "nobody")
    assert "没有账号“nobody”" in nobody.stderr
    assert "没有这个令牌" in fengcai("token", "revoke", "7").stderr
