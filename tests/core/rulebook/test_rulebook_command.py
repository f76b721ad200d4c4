"""`fengcai rulebook`: exit codes, what is printed, and one clear line for every failure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fengcai.cli import main
from tests.core.rulebook.samples import ANSWERS, BOOK, EXAMPLES, changed, line_of

JIANGXI = EXAMPLES / "rulebooks" / "jiangxi-2026.yaml"
JIANGXI_ANSWERS = EXAMPLES / "answers" / "jiangxi-2026.yaml"


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = main(["rulebook", *map(str, words)])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    book, answers = tmp_path / "book.yaml", tmp_path / "answers.yaml"
    book.write_text(BOOK, encoding="utf-8")
    answers.write_text(ANSWERS, encoding="utf-8")
    return book, answers


@pytest.mark.clause("B1")
def test_check_lists_open_questions_and_passes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "check", JIANGXI)
    lines = out.splitlines()
    assert (code, err, len(lines)) == (0, "", 16)
    assert lines[0] == (
        "? A1（开放报送前须答复）通知发给各科室和各支部，但只写了科室、部门必须报送。"
        "支部可以报送吗？ ←正文“各科室、各支部”"
    )
    assert lines[-1] == "jiangxi-2026.yaml：没有错误；还有 15 个问题待明确，答复后才能开放。"


def test_check_with_answers_prints_the_fingerprint(capsys: pytest.CaptureFixture[str]) -> None:
    from fengcai.core.rulebook import resolve
    from tests.core.rulebook.samples import example, example_answers

    code, out, _ = run(capsys, "check", JIANGXI, "--answers", JIANGXI_ANSWERS)
    digest = resolve(example("jiangxi-2026"), example_answers("jiangxi-2026")).hash
    assert (code, out) == (
        0,
        f"jiangxi-2026.yaml：没有错误，没有待明确的问题。规则指纹 {digest}\n",
    )


def test_check_names_line_clause_and_remedy_and_fails(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    files[0].write_text(changed("total: 3000 元", "total: 3001 元"), encoding="utf-8")
    code, out, _ = run(capsys, "check", files[0], "--answers", files[1])
    assert code == 1
    assert out.splitlines() == [
        f"✗ book.yaml 第 {line_of('total: 3000')} 行（prizes.total）：奖金合计 1×2000 + 2×500 = 3000 元，与所写的 3001 元不符。"
        "请核对各奖项的名额、金额和总额。（依据 六“共3000元”）",
        "book.yaml：1 处有误，请改好后再检查。",
    ]


def test_check_speaks_json(capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]) -> None:
    code, out, _ = run(capsys, "check", files[0], "--json")
    found = json.loads(out)
    assert (code, found["valid"], found["problems"], found["hash"]) == (0, True, [], None)
    assert [each["id"] for each in found["open_questions"]] == ["Q1", "Q2", "Q3"]
    files[0].write_text(changed("late: mark", "late: rejct"), encoding="utf-8")
    code, out, _ = run(capsys, "check", files[0], "--json")
    found = json.loads(out)
    assert (code, found["valid"], found["hash"]) == (1, False, None)
    assert [(each["line"], each["path"], each["cite"]) for each in found["problems"]] == [
        (
            line_of("late: mark"),
            "windows.submission.late",
            {"section": "五", "words": "4月30日17时前"},
        )
    ]


def test_explain_prints_chapters_with_citations(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    code, out, _ = run(capsys, "explain", files[0], "--answers", files[1])
    lines = out.splitlines()
    assert (code, lines[0]) == (0, "青山医院微电影征集")
    at = lines.index("【时间】")
    assert lines[at + 2] == "    依据：五“4月30日17时前”，由问题 Q1 的答复确定"
    assert out.count("【时间】") == 1


def test_explain_refuses_a_broken_file(
    capsys: pytest.CaptureFixture[str], files: tuple[Path, Path]
) -> None:
    files[0].write_text("a: 1\na: 2\n", encoding="utf-8")
    code, out, _ = run(capsys, "explain", files[0])
    assert (code, out.splitlines()[0]) == (
        1,
        "✗ book.yaml 第 2 行（a）：“a”写了两次（第一次在第 1 行）。请删去其中一处。",
    )


def test_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "schema")
    assert (code, json.loads(out)["title"]) == (0, "风采规则书")
    code, out, _ = run(capsys, "schema", "--answers")
    assert (code, json.loads(out)["title"]) == (0, "风采规则书的答复")


def test_a_file_that_is_not_there_or_no_text_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = run(capsys, "check", tmp_path / "none.yaml")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "none.yaml" in err
    gbk = tmp_path / "gbk.yaml"
    gbk.write_bytes("标题".encode("gbk"))
    code, out, err = run(capsys, "check", gbk)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "不是 UTF-8 文本（第 1 字节起读不出）" in err
