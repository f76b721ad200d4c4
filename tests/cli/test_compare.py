"""`fengcai compare`: what a department sees of a mixed folder, in words, as JSON, by exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from benchmarks.lookalike import scenes
from fengcai.cli import main

pytestmark = [pytest.mark.clause("B4"), pytest.mark.media]

WORDS = "清晨六点，检验科的灯已经亮了。第一批样本送到，仪器开始运转，年轻的检验师一天要走两万步。"
AGAIN = "清晨6点，检验科的灯已亮。第一批样本送到，仪器开始运转，年轻的检验师一天要走两万多步。"


def film(path: Path, seed: int, change: str = "") -> None:
    shown = scenes.pictures(scenes.film("leaves", seed, 8), np.arange(0, 8.0))
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=1, options={"g": "1", "preset": "ultrafast"})
        stream.width, stream.height = scenes.SIZE
        stream.pix_fmt = "yuv420p"
        for _, picture in shown:
            seen = scenes.LOPSIDED[change](picture) if change else picture
            file.mux(stream.encode(av.VideoFrame.from_ndarray(seen, format="gray")))
        file.mux(stream.encode(None))


def picture(path: Path, seed: int, crop: bool = False) -> None:
    shown = scenes.film("leaves", seed, 2)[0].at(0.0)
    Image.fromarray(scenes.CHANGES["crop 6"](shown) if crop else shown).save(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("works")
    below = made / "儿科"
    below.mkdir()
    film(made / "a.mp4", 1)
    film(below / "b.mp4", 1, "left 20, logo")
    film(made / "c.mp4", 2)
    picture(made / "d.png", 3)
    picture(below / "e.jpg", 3, crop=True)
    (made / "f.txt").write_text(WORDS, encoding="utf-8")
    (below / "g.txt").write_text(AGAIN, encoding="gb18030")
    (made / "h.mp4").write_bytes((made / "a.mp4").read_bytes()[:900])
    (made / "i.png").write_bytes(b"")
    (made / "k.txt").write_text("检验科的一天", encoding="utf-8")
    (made / ".hidden.png").write_bytes(b"x")
    (made / "Thumbs.db").write_bytes(b"x")
    return made


def test_a_mixed_folder_as_json(folder: Path, capsys: Any) -> None:
    code = main(["compare", str(folder), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 2  # some could not be read; the others were compared
    assert told["version"] == 1
    assert told["files"] == [
        "a.mp4", "c.mp4", "d.png", "f.txt", "h.mp4", "i.png", "k.txt",
        "儿科/b.mp4", "儿科/e.jpg", "儿科/g.txt",
    ]  # fmt: skip
    assert {each["file"]: each["reason"] for each in told["unreadable"]} == {
        "h.mp4": "打不开：文件可能不完整或已损坏",
        "i.png": "文件是空的",
        "k.txt": "文字太少，无法比对",
    }
    assert told["groups"] == [
        ["a.mp4", "儿科/b.mp4"],
        ["d.png", "儿科/e.jpg"],
        ["f.txt", "儿科/g.txt"],
    ]
    pairs = {(pair["a"], pair["b"]): pair for pair in told["pairs"]}
    assert {key: pair["verdict"] for key, pair in pairs.items()} == {
        ("a.mp4", "儿科/b.mp4"): "copy",
        ("d.png", "儿科/e.jpg"): "copy",
        ("f.txt", "儿科/g.txt"): "shares",
    }
    [stretch] = pairs["a.mp4", "儿科/b.mp4"]["segments"]
    assert (stretch["a_from_s"], stretch["b_from_s"], stretch["kind"]) == (0, 0, "picture")
    assert abs(stretch["frame"]["left"] - 0.2) <= 0.03


def test_a_mixed_folder_in_words_and_as_a_page(folder: Path, tmp_path: Path, capsys: Any) -> None:
    page = tmp_path / "report.html"
    assert main(["compare", str(folder), "--html", str(page)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "第 1 组：a.mp4、儿科/b.mp4"
    assert lines[1] == "  ✗ 疑似同一作品：a.mp4 ↔ 儿科/b.mp4"
    cut = re.fullmatch(r"      对方裁掉了左边约 (\d+)%", lines[3])
    assert cut is not None
    assert 18 <= int(cut[1]) <= 22
    assert "✗ 没有比对 i.png：文件是空的" in lines
    assert lines[-2] == "✗ 比对了 7 个文件，3 组相似作品；3 个没有比对"
    assert lines[-1].endswith("是否重复请由人看过再定。")
    shown = page.read_text("utf-8")
    assert "疑似同一作品" in shown
    assert "儿科/b.mp4" in shown
    assert "http" not in shown.replace("http-equiv", "")  # nothing is fetched


@pytest.mark.parametrize("count", [1, 2])
def test_one_file_and_the_same_file_twice(tmp_path: Path, capsys: Any, count: int) -> None:
    for number in range(count):
        picture(tmp_path / f"<b>{number}.png", 3)
    page = tmp_path.parent / f"{tmp_path.name}.html"
    assert main(["compare", str(tmp_path), "--html", str(page)]) == count - 1
    out = capsys.readouterr().out
    assert ("✓ 比对了 1 个文件，没有发现相似作品" if count == 1 else "疑似同一作品") in out
    assert "<b>" not in page.read_text("utf-8")


def test_an_empty_folder_is_said(tmp_path: Path, capsys: Any) -> None:
    assert main(["compare", str(tmp_path)]) == 2
    assert "这个目录里没有文件" in capsys.readouterr().err
    assert main(["compare", str(tmp_path / "none")]) == 2
