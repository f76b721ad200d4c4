"""`fengcai notice draft` and `fengcai rulebook check --coverage`, as people run them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fengcai.cli import main
from fengcai.core.notice import Suggestion

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SPEECH = str(EXAMPLES / "notices" / "speech-final-2026.pdf")


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FENGCAI_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("FENGCAI_NOTICE_MODEL_URL", raising=False)


@pytest.mark.clause("B1", "B18")
def test_a_draft_goes_to_the_screen_and_the_rest_beside_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["notice", "draft", SPEECH]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("# 由通知草拟的规则书：“医者说”健康科普演讲决赛\n")
    assert "\nid: speech-final-2026\n" in out
    assert (
        "! 奖金 2×2000 + 4×1200 + 6×800 + 8×300 + 1×500 + 1×500 = 17000 元，与通知所写的 17000 元相符。"
        in err
    )
    assert "个问题待明确。请逐条对照通知后再用。" in err


def test_a_draft_is_written_checked_and_never_overwritten_by_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "speech.yaml"
    assert main(["notice", "draft", SPEECH, "-o", str(out), "--id", "speech"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["rulebook", "check", str(out)]) == 0
    assert main(["rulebook", "check", str(out), "--coverage", SPEECH]) == 0
    assert "遗漏 0。" in capsys.readouterr().out
    assert main(["notice", "draft", SPEECH, "-o", str(out)]) == 1
    assert "规则书文件已在，没有覆盖" in capsys.readouterr().err
    out.write_text("旧的", encoding="utf-8")
    assert main(["notice", "draft", SPEECH, "-o", str(out), "--force"]) == 0
    assert "旧的" not in out.read_text(encoding="utf-8")


def test_the_json_has_every_proposal_with_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notice", "draft", SPEECH, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    (closes,) = [
        each for each in report["proposals"] if each["path"] == "windows.submission.closes"
    ]
    assert (closes["value"], closes["section"], closes["page"], closes["source"]) == (
        "2026-10-28 12:00",
        "四",
        2,
        "rules",
    )
    assert closes["sentence"].startswith("选手须于2026年10月28日")
    (names,) = [
        each["value"] for each in report["proposals"] if each["path"] == "contacts.#0.names"
    ]
    assert names == ["顾南乔"]
    assert report["kind"] == "pdf"
    assert report["questions"][0]["id"] == "Q1"
    assert report["rulebook"].startswith("# 由通知草拟的规则书")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["nowhere.docx"], 1, "找不到 nowhere.docx"), ([SPEECH, "--id", "Bad Id"],
         2, "代号“Bad Id”不能用"), ([SPEECH, "--year", "12"], 2, "应不小于 1990"),
        ([], 2, "缺少"), ([str(EXAMPLES)], 1, "需要文件，这里却是目录"),
    ],
)  # fmt: skip
def test_a_failure_is_one_line_with_what_to_do(
    words: list[str], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notice", "draft", *words]) == code
    err = capsys.readouterr().err
    assert sentence in err
    assert err.count("\n") == 1


def test_a_scan_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.media.test_documents import empty_pdf

    (tmp_path / "扫描.pdf").write_bytes(empty_pdf())
    assert main(["notice", "draft", str(tmp_path / "扫描.pdf")]) == 1
    assert (
        "这份 PDF 里没有文字，是扫描件或图片。请用文字识别软件转成 .docx" in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("stem", "id"),
    [("通知", "draft"), ("2026 通知 No.3", "draft-2026-no-3"), ("Film 2026", "film-2026")],
)
def test_the_id_comes_from_the_files_name(
    tmp_path: Path, stem: str, id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / f"{stem}.txt").write_text(
        "关于举办大赛的通知\n一、主题\n青山常在", encoding="utf-8"
    )
    assert main(["notice", "draft", str(tmp_path / f"{stem}.txt")]) == 0
    assert f"\nid: {id}\n" in capsys.readouterr().out


def test_coverage_names_what_is_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notice, book = tmp_path / "a.txt", tmp_path / "a.yaml"
    notice.write_text("关于举办大赛的通知\n一、主题\n青山常在", encoding="utf-8")
    assert main(["notice", "draft", str(notice), "-o", str(book)]) == 0
    notice.write_text(
        "关于举办大赛的通知\n一、主题\n青山常在\n二、要求\n作品须原创。各科室要高度重视，认真准备，积极组织，踊跃报名，按时报送。",
        encoding="utf-8",
    )
    book.write_text(
        book.read_text(encoding="utf-8").replace("一 青山常在", "一 青山不在"), encoding="utf-8"
    )
    capsys.readouterr()
    assert main(["rulebook", "check", str(book), "--coverage", str(notice)]) == 1
    said = capsys.readouterr().out
    assert "引的“一 青山不在”不在通知里。请照通知改写出处。" in said
    assert (
        "✗ 没有规则引用：二“作品须原创。”。请补上规则，或在 background 里写明为什么不设规则。"
        in said
    )
    assert main(["rulebook", "check", str(book), "--coverage", str(notice), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["valid"] is True
    assert report["coverage"]["uncovered"][1] == "作品须原创。"
    assert report["coverage"]["lost"][0]["cite"] == "一 青山不在"
    assert report["coverage"]["sentences"][0]["by"] == "rule"


def test_a_model_is_asked_only_when_one_is_set_and_never_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from fengcai.engines import suggestions

    monkeypatch.setenv("FENGCAI_NOTICE_MODEL_URL", "http://127.0.0.1:9/v1")
    assert main(["notice", "draft", SPEECH]) == 1
    assert "FENGCAI_NOTICE_MODEL" in capsys.readouterr().err
    monkeypatch.setenv("FENGCAI_NOTICE_MODEL", "small")
    assert main(["notice", "draft", SPEECH]) == 0
    assert "连不上模型接口" in capsys.readouterr().err
    monkeypatch.setattr(
        suggestions, "ask", lambda *_: (Suggestion("terms.video.text", "全程录像", "决赛全程录像"),)
    )
    assert main(["notice", "draft", SPEECH]) == 0
    assert "text: 全程录像  # 请核对（模型建议）" in capsys.readouterr().out
