"""`fengcai inspect`: exit codes, the page it prints, and its JSON."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from fengcai import cli
from fengcai.media import Facts
from tests.media import clips

pytestmark = pytest.mark.media

ROOT = Path(__file__).resolve().parents[2]
BOOK = str(ROOT / "examples/rulebooks/jiangxi-2026.yaml")
ANSWERS = str(ROOT / "examples/answers/jiangxi-2026.yaml")


@pytest.fixture(scope="module")
def fit_film(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("fit") / "针灸科+一科一风采视频大赛.mp4"
    return clips.make(path, size=(1920, 1080), frames=10, sound=clips.tone(0.4))


def run(capsys, *words: object) -> tuple[int, str, str]:
    code = cli.main(["inspect", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def verdicts(capsys, *words: object) -> tuple[int, dict[str, str]]:
    code, out, _ = run(capsys, *words, "--rulebook", BOOK, "--track", "video", "--json")
    (row,) = json.loads(out)["files"]
    return code, {each["requirement"]: each["verdict"] for each in row["findings"]}


@pytest.mark.clause("J3", "J5", "B2")
def test_a_fit_film_breaks_nothing(fit_film, capsys):
    code, found = verdicts(capsys, fit_film)
    assert code == 0
    measured = ("container", "orientation", "resolution", "fps", "duration")
    assert {found[name] for name in measured} == {"pass"}
    # Too short to tell whether the camera trembles; no machine tells whether it is tasteful.
    assert (found["steady"], found["framing"]) == ("undetermined", "person")


@pytest.mark.clause("J3", "J5")
@pytest.mark.parametrize(
    ("made", "broken"),
    [
        ({"size": (1080, 1920)}, {"orientation", "resolution"}),
        ({"size": (1920, 1080), "rotation": 90}, {"orientation", "resolution"}),
        ({"size": (1280, 720)}, {"resolution"}),
        ({"size": (1920, 1080), "rate": 24}, {"fps"}),
        ({"size": (1920, 1080), "container": "mov"}, {"container"}),
        ({"size": (1080, 1920), "rotation": -90}, set()),
        (
            {"size": (1920, 1080), "times": range(0, 310_000, 60_000)},
            {"fps", "true_fps", "duration", "subtitles"},
        ),
    ],
)
def test_each_clause_is_broken_by_its_own_fault(made, broken, tmp_path, capsys):
    film = clips.make(tmp_path / "film.mp4", frames=6, sound=clips.tone(1.0), **made)
    code, found = verdicts(capsys, film)
    assert {name for name, verdict in found.items() if verdict == "fail"} == broken
    assert code == (1 if broken else 0)


def test_the_page_cites_the_clause_and_says_what_to_do(tmp_path, capsys):
    film = clips.make(tmp_path / "film.mp4", size=(1920, 1080), rate=24, frames=6)
    code, out, _ = run(capsys, film, "--rulebook", BOOK, "--answers", ANSWERS)
    assert code == 1
    assert out.splitlines()[0] == "✗ film.mp4"
    line = next(line for line in out.splitlines() if "帧率不低于" in line)
    assert line == (
        "  ✗ 〔必须〕不符合要求：帧率不低于 25 fps（帧率 24 fps；帧率应不低于 25 fps）。"
        "24 帧和 23.976 帧的素材不符合；请按 25 或 30 帧拍摄和导出。 ←四（一）“帧率 ≥ 25 fps”"
    )
    assert "声音：没有声音轨" in out
    assert "待明确" not in out


def test_a_picture_and_a_document_are_told_by_what_they_are(tmp_path, capsys):
    """Without a rulebook the name says what is meant; its bytes say what it is."""
    poster, moving, paper = tmp_path / "海报.png", tmp_path / "动图.gif", tmp_path / "表.xlsx"
    Image.new("CMYK", (1181, 591)).save(poster, "JPEG", dpi=(300, 300))
    frames = [Image.new("L", (40, 30), shade) for shade in (0, 90, 200)]
    frames[0].save(moving, save_all=True, append_images=frames[1:])
    with zipfile.ZipFile(paper, "w") as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"):
            archive.writestr(name, b"")
    code, out, _ = run(capsys, poster, moving, paper)
    assert code == 0
    said = out.splitlines()
    assert "  图片：jpeg · 1181×591 · 300 dpi（成品 100×50 毫米） · CMYK · 8 位" in said
    assert (
        "  ! 文件名的后缀和真实格式不一致。请在看图软件里另存为所要求的格式，只改后缀不算。" in said
    )
    assert "  图片：gif · 40×30 · RGB · 8 位 · 动图（只检查第一幅）" in said
    assert "  文档：zip" in said
    assert "  ! 文件里有宏或脚本（会自动运行的程序）。请另存为不含宏的文件后再上传。" in said
    assert said[-1].startswith("  没有结论：文档内容：这种文档")


def test_every_check_on_request(plain_film, capsys):
    _, out, _ = run(capsys, plain_film, "--checks")
    said = out.splitlines()
    assert (
        "  画面：mp4 · h264 Constrained Baseline · 320×180 · 25 fps · 2.0 秒 · 可边下边播" in said
    )
    assert next(line for line in said if line.startswith("  内容：")).startswith("  内容：1 个镜头")
    assert (
        next(line for line in said if "静止：" in line)
        == "  · 静止：未见（最长 0 秒（1 秒以上才算），0 处）"
    )


def test_without_answers_only_what_the_notice_states_is_judged(fit_film, capsys):
    code, out, _ = run(capsys, fit_film, "--rulebook", BOOK)
    assert code == 0
    assert out.splitlines()[-1].startswith("规则书还有待明确的问题")


def test_without_a_rulebook_facts_alone(fit_film, capsys):
    code, out, _ = run(capsys, fit_film)
    assert code == 0
    assert out.splitlines()[0] == "✓ 针灸科+一科一风采视频大赛.mp4"
    assert "1920×1080 · 25 fps · 0.4 秒" in out
    assert "〔必须〕" not in out


@pytest.mark.parametrize("cut", [0, 6])
def test_unreadable_and_damaged_are_two(fit_film, tmp_path, capsys, cut):
    content = fit_film.read_bytes()
    broken = tmp_path / "cut.mp4"
    broken.write_bytes(content[: len(content) * cut // 10])
    code, out, _ = run(capsys, broken, fit_film, "--rulebook", BOOK)
    assert code == 2
    assert out.splitlines()[0] == "✗ cut.mp4"
    assert "✓ 针灸科+一科一风采视频大赛.mp4" in out


def test_json_holds_facts_that_can_be_judged_again(fit_film, capsys):
    _, out, _ = run(capsys, fit_film, "--json")
    report = json.loads(out)
    assert report["version"] == 1
    facts = Facts.model_validate(report["files"][0]["facts"])
    assert facts.flat()["width"] == 1920
    assert report["files"][0]["findings"] == []


def test_pictures_on_request(fit_film, tmp_path, capsys):
    run(capsys, fit_film, "--pictures", tmp_path)
    folder = tmp_path / fit_film.stem
    assert {"poster.jpg", "sprite.jpg"} <= {p.name for p in folder.iterdir()}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.mp4"], "找不到 none.mp4"),
        (["{film}", "--track", "video"], "只写了答复或类别，没有写规则书"),
        (["{film}", "--rulebook", BOOK, "--track", "dance"], "规则书里没有类别“dance”"),
        (["{film}", "--mode", "magic"], "没有“magic”这种检测方式"),
    ],
)
def test_what_cannot_be_done_is_one_line(words, said, fit_film, capsys):
    code, _, err = run(capsys, *[word.format(film=fit_film) for word in words])
    assert code == 2
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_report_is_one_page_with_its_pictures(fit_film, tmp_path, capsys):
    page = tmp_path / "report.html"
    run(capsys, fit_film, "--html", page)
    text = page.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert text.count("data:image/jpeg;base64,") >= 1
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_report_holds_one_file(fit_film, tmp_path, capsys):
    code, _, err = run(capsys, fit_film, fit_film, "--html", tmp_path / "r.html")
    assert (code, "一份报告只写一个文件" in err) == (2, True)
