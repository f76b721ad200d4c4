"""`fengcai inspect`: what is in a film, and what the notice would say to it, before it is sent.

Measuring is done by `media`, judging by `core.inspection`; nothing is stored or sent. A rulebook
whose questions are still open is enough: only what the notice itself states is judged then.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from fengcai.cli.errors import Failure
from fengcai.cli.measured import checked, measured
from fengcai.core.inspection import Finding, evaluate, for_each_file
from fengcai.core.rulebook import (
    Requirement,
    Rulebook,
    UnansweredError,
    explain_predicate,
    no_answers,
    parse,
    parse_answers,
    parse_predicate,
    resolve,
)
from fengcai.engines.documents.inspection_report import inspection_report
from fengcai.media import Facts, Limits, inspect_file
from fengcai.media.facts import Kind
from fengcai.media.limits import Mode
from fengcai.media.remarks import remarks, unmeasured

MARKS = {"pass": "✓", "fail": "✗", "undetermined": "?", "person": "·"}
WEIGHTS = {"must": "必须", "should": "建议", "prefer": "优先"}


@dataclass(frozen=True)
class Slot:
    """The place in an entry that the files are meant for, and its demands."""

    kind: Kind
    requirements: tuple[Requirement, ...]
    waiting: bool


def inspect(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="文件…", help="要检测的影片、录音、图片或文档", exists=True, dir_okay=False
        ),
    ],
    rulebook: Annotated[
        Path | None, typer.Option("--rulebook", metavar="规则书", help="对照的规则书（YAML）")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="答复", help="对待明确问题的答复（YAML）")
    ] = None,
    track: Annotated[
        str | None, typer.Option("--track", metavar="类别", help="作品类别的代号，如 video")
    ] = None,
    mode: Annotated[
        str, typer.Option("--mode", metavar="方式", help="auto、swift（快速）或 thorough（逐帧）")
    ] = "auto",
    pictures: Annotated[
        Path | None, typer.Option("--pictures", metavar="目录", help="把海报帧和缩略图条写到这里")
    ] = None,
    every_check: Annotated[
        bool, typer.Option("--checks", help="列出每一项检查的结果和测得的值")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="报告", help="把检测报告写成一页 HTML，图片都在里面"),
    ] = None,
) -> int:
    """检测影片、录音、图片和文档：测得的值，以及对照规则书的结论。

    退出码：0 没有违反“必须”的要求；1 有违反；2 有文件不可读或不完整。
    """
    if mode not in ("auto", "swift", "thorough"):
        raise Failure(f"没有“{mode}”这种检测方式", mend="写 auto、swift 或 thorough", code=2)
    if html is not None and len(files) > 1:
        raise Failure("一份报告只写一个文件", mend="--html 一次检测一个文件", code=2)
    slot = _slot(rulebook, answers, track)
    limits = Limits(mode=cast("Mode", mode))
    report = []
    code = 0
    for file in files:
        with _outputs(pictures / file.stem if pictures else None, html) as outputs:
            with _progress(file.name) as tell:
                facts = inspect_file(
                    file,
                    outputs=outputs,
                    limits=limits,
                    progress=tell,
                    expected=slot.kind if slot else meant(file),
                )
            readable = facts.verdict != "unreadable"
            findings = evaluate(slot.requirements, facts.flat()) if slot and readable else ()
            if html is not None:
                demands = slot.requirements if slot else ()
                page = inspection_report(facts, findings, outputs, demands)
                html.write_text(page, encoding="utf-8")
        code = max(code, exit_code(facts, findings))
        if as_json:
            report.append(
                {
                    "file": str(file),
                    "facts": facts.model_dump(mode="json"),
                    "findings": [each.as_json() for each in findings],
                }
            )
        else:
            typer.echo("\n".join(_lines(facts, findings, every_check=every_check)))
    if as_json:
        typer.echo(json.dumps({"version": 1, "files": report}, ensure_ascii=False, indent=2))
    elif slot and slot.waiting:
        typer.echo("规则书还有待明确的问题；以上只对照通知写明的要求。可用 --answers 加上答复。")
    return code


SUFFIXES: dict[str, Kind] = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "avif"), "image"),
    **dict.fromkeys(("heic", "heif", "psd", "psb"), "image"),
    **dict.fromkeys(
        ("pdf", "doc", "docx", "docm", "xls", "xlsx", "xlsm", "ppt", "pptx"), "document"
    ),
    **dict.fromkeys(("mp3", "wav", "m4a", "aac", "flac"), "audio"),
    "txt": "text",
}


def meant(file: Path) -> Kind:
    """What a file is meant to be, where no rulebook says: by its suffix, else a film."""
    return SUFFIXES.get(file.suffix.removeprefix(".").casefold(), "video")


def exit_code(facts: Facts, findings: tuple[Finding, ...]) -> int:
    """2 when the file cannot be judged whole, 1 when a "must" is broken, else 0."""
    if facts.verdict != "readable":
        return 2
    return int(any(f.verdict == "fail" and f.severity == "must" for f in findings))


def _slot(file: Path | None, answers: Path | None, track: str | None) -> Slot | None:
    if file is None:
        if answers is not None or track is not None:
            raise Failure("只写了答复或类别，没有写规则书", mend="用 --rulebook 写明规则书", code=2)
        return None
    book = parse(file.read_text(encoding="utf-8"), name=file.name)
    names = list(book.book.tracks)
    chosen = track or (names[0] if len(names) == 1 else None)
    if chosen not in names:
        what = f"规则书里没有类别“{track}”" if track else "规则书里有不止一个类别"
        raise Failure(what, where=file.name, mend=f"用 --track 写明：{'、'.join(names)}", code=2)
    given = (
        no_answers(book.id)
        if answers is None
        else parse_answers(answers.read_text(encoding="utf-8"), name=answers.name)
    )
    try:
        rules = resolve(book, given)
    except UnansweredError:
        return _stated(book, chosen)
    found = next(each for each in rules.tracks if each.id == chosen)
    slot = next((each for each in found.slots if each.kind == "video"), found.slots[0])
    return Slot(slot.file_kind, for_each_file(rules.judged_on(found.id, slot.id)), waiting=False)


def _stated(book: Rulebook, track: str) -> Slot:
    """The demands that the notice itself states; what is open there is left out."""
    slots = _dumped(_dumped(book.book.tracks[track])["slots"])
    texts = [_dumped(each) for each in slots.values()]
    texts = [each for each in texts if each.get("kind") in ("video", "audio", "image", "document")]
    if not texts:
        raise Failure("这个类别要交什么文件还待明确", where=track, mend="用 --answers 加上答复")
    chosen = next((each for each in texts if each["kind"] == "video"), texts[0])
    of_file = _dumped(chosen["requirements"] or {})
    of_work = {
        name: each
        for name, each in _dumped(book.book.requirements or {}).items()
        if _dumped(each)["predicate"] and track in (_dumped(each)["tracks"] or [track])
    }
    demands = []
    for name, clause in [*of_file.items(), *of_work.items()]:
        said = _dumped(clause)
        weight = next((w for w in WEIGHTS if isinstance(said.get(w), str)), None)
        if weight is None or not isinstance(said.get("checked_by"), str):
            continue
        predicate = said["predicate"] if isinstance(said["predicate"], str) else None
        demands.append(
            Requirement(
                id=name,
                text=said[weight],
                severity=cast("Any", weight),
                checked_by=cast("Any", said["checked_by"]),
                predicate=predicate,
                required_text=explain_predicate(parse_predicate(predicate)) if predicate else None,
                hint=said["hint"] if isinstance(said["hint"], str) else None,
                cite=said["cite"],
            )
        )
    return Slot(cast("Kind", chosen["kind"]), tuple(demands), waiting=True)


def _dumped(clause: Any) -> dict[str, Any]:
    """A clause of the book as its fields, one level deep."""
    return clause if isinstance(clause, dict) else dict(clause)


@contextmanager
def _outputs(folder: Path | None, html: Path | None) -> Iterator[Path | None]:
    """Where pictures go: where they were asked for, else beside nothing until the report has them."""
    if folder is not None or html is None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="inspect-") as passing:
        yield Path(passing)


@contextmanager
def _progress(name: str) -> Iterator[Any]:
    """A bar on standard error, where it disturbs no output; none where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[text]}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(name, total=1.0, text="")
        yield lambda share, text: bar.update(task, completed=share, text=text)


def _lines(
    facts: Facts, findings: tuple[Finding, ...], *, every_check: bool = False
) -> Iterator[str]:
    mark = {0: "✓", 1: "✗", 2: "✗"}[exit_code(facts, findings)]
    yield f"{mark} {facts.filename}"
    if facts.reason:
        yield f"  {facts.reason}"
    yield from (f"  {line}" for line in measured(facts))
    yield from (f"  {line}" for line in _noticed(facts))
    if every_check:
        yield from (f"  {line}" for line in checked(facts))
    for each in findings:
        yield f"  {MARKS[each.verdict]} 〔{WEIGHTS[each.severity]}〕{each.text} ←{each.cite}"


MOST_REMARKS, MOST_MOMENTS = 30, 8


def _noticed(facts: Facts) -> Iterator[str]:
    """What the checks saw, with its moments; what they could not tell in one line."""
    groups: dict[tuple[bool, str], list[str]] = {}
    for each in remarks(facts.measures):
        text = each.text.removeprefix(f"第 {each.moment} 秒") if each.moment else each.text
        where = " ".join(part for part in (each.moment, each.detail) if part)
        groups.setdefault((each.sure, text), []).append(where)
    for (sure, text), places in list(groups.items())[:MOST_REMARKS]:
        told = [place for place in dict.fromkeys(places) if place]
        more = f"；另有 {len(told) - MOST_MOMENTS} 处" if len(told) > MOST_MOMENTS else ""
        where = f"（{'；'.join(told[:MOST_MOMENTS])}{more}）" if told else ""
        yield f"{'!' if sure else '?'} {text}{where}"
    if len(groups) > MOST_REMARKS:
        yield f"……另有 {len(groups) - MOST_REMARKS} 处，用 --json 看全部"
    if facts.verdict != "unreadable" and (why := unmeasured(facts)):
        yield f"没有结论：{'；'.join(why)}"
