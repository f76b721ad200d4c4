"""`fengcai wording`: a text or a script, what stands there, and the exit code."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from fengcai.cli import main

pytestmark = pytest.mark.clause("J9")


def test_a_text_is_told_with_line_basis_and_advice(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wording", "门诊很忙。\n本品根 治，微信号 abcdef1"]) == 1
    said = capsys.readouterr().out
    assert "? 第 2 行：门诊很忙。 本品【根 治】，微信号 abcdef1" in said
    assert "容易被看成疗效保证（广告法第十六条第（一）项）" in said
    assert "另见医疗广告管理办法第七条第（二）项" in said
    assert "未与原文核对" in said
    assert said.endswith("? 有 3 处用语要看一看，由人判断\n")


def test_excused_words_are_listed_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wording", "高血压不能根治"]) == 0
    assert capsys.readouterr().out == "✓ 没有发现要看一看的用语\n"
    assert main(["wording", "--all", "高血压不能根治"]) == 0
    assert "前文是否定或者提醒，不必理会" in capsys.readouterr().out


def test_a_script_in_a_file_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "文稿.txt"
    script.write_text("第一段介绍科室的日常工作。\n第二段说本药三天见效。\n", encoding="gb18030")
    assert main(["wording", "--json", str(script)]) == 1
    [found] = json.loads(capsys.readouterr().out)["found"]
    assert (found["words"], found["terms"][0]["term"]) == ("三天见效", "advertising-law-16/cure")


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100])
def test_a_file_that_is_no_text_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(content)
    assert main(["wording", str(file)]) == 2
    assert "文件读不出来" in capsys.readouterr().err


def test_a_missing_file_is_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wording", "没有的文稿.docx"]) == 2
    assert "找不到这个文件" in capsys.readouterr().err


def test_standard_input_and_long_texts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = type("In", (), {"buffer": io.BytesIO("神药".encode())})()
    monkeypatch.setattr("sys.stdin", given)
    assert main(["wording", "-"]) == 1
    assert main(["wording", "门诊" * 5000]) == 0
    assert "没有发现" in capsys.readouterr().out
