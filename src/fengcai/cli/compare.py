"""`fengcai compare`: which films, sounds, pictures and texts of a folder are near-duplicates.

Nothing is stored or sent, and no database is needed. What is found is a hint: a person decides.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from fengcai.cli.errors import Failure

_PAPERS = (".docx", ".pdf", ".txt", ".html", ".htm", ".md")
_LITTER = ("thumbs.db", "desktop.ini")
_MOST_PAPER_BYTES = 64 * 1024**2
_CANDIDATES = 32


@dataclass(frozen=True)
class Read:
    """One file: its fingerprint's bytes, or why it has none."""

    path: Path
    data: bytes
    trouble: str


def compare(
    folder: Annotated[
        Path,
        typer.Argument(metavar="目录", help="要比对的作品所在的目录", exists=True, file_okay=False),
    ],
    templates: Annotated[
        bool, typer.Option("--templates/--no-templates", help="也列出只有片头片尾或版式相似的")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="文件", help="另写一份可打印的网页")
    ] = None,
) -> int:
    """在一个目录里找出相似的作品：画面、声音、图片、文字；裁切、加标识、加字幕、翻转、变速也能认出。

    退出码：0 没有发现；1 有疑似同一作品或共用素材；2 有文件读不出来（其余已比对）。
    """
    files = works_in(folder)
    if not files:
        raise Failure("这个目录里没有文件", where=str(folder), mend="写出放作品的目录", code=2)
    read = list(_read_all(files, folder, quiet=as_json))
    pairs = _pairs([each for each in read if not each.trouble])
    if not templates:
        pairs = [pair for pair in pairs if pair["verdict"] != "template"]
    broken = [each for each in read if each.trouble]
    groups = _groups([pair for pair in pairs if pair["verdict"] != "template"])
    if html is not None:
        _write(html, _page(read, broken, groups, pairs, folder))
    if as_json:
        told = {
            "version": 1,
            "files": [_name(each, folder) for each in read],
            "unreadable": [{"file": _name(e, folder), "reason": e.trouble} for e in broken],
            "groups": [[_name(read_, folder) for read_ in group] for group in groups],
            "pairs": [
                {**pair, "a": _name(pair["a"], folder), "b": _name(pair["b"], folder)}
                for pair in pairs
            ],
        }
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_lines(read, broken, groups, pairs, folder)))
    return 2 if broken else int(bool(groups))


def works_in(folder: Path) -> list[Path]:
    """The files of a folder and of those below it by name, hidden ones and system litter left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.name.lower() not in _LITTER
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _read_all(files: list[Path], folder: Path, *, quiet: bool) -> Iterator[Read]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    with ThreadPoolExecutor(max(1, min(4, (os.cpu_count() or 2) // 2))) as pool:
        yield from track(
            pool.map(_read, files),
            total=len(files),
            description="读取作品",
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )


def _read(path: Path) -> Read:
    """The fingerprint of one file; whatever is wrong with it is told, never raised."""
    from fengcai.media.documents import DocumentRefused
    from fengcai.media.fingerprints import join, text_fingerprint
    from fengcai.media.fingerprints.making import REASONS, fingerprint_file
    from fengcai.media.walled import read_walled

    try:
        if path.suffix.lower() not in _PAPERS:
            made = fingerprint_file(path)
            return Read(path, made.data, REASONS.get(made.trouble, ""))
        if path.stat().st_size > _MOST_PAPER_BYTES:
            return Read(path, b"", "文档过大，没有比对")
        found = read_walled(path.read_bytes(), path.name)
        text = text_fingerprint("\n".join(each.text for each in found.paragraphs))
    except DocumentRefused as refusal:
        return Read(path, b"", str(refusal))
    except OSError as problem:
        return Read(path, b"", f"打不开：{problem.strerror or problem}")
    return Read(path, join(text=text), "" if text else "文字太少，无法比对")


def _pairs(read: list[Read]) -> list[dict[str, Any]]:
    """Every pair with something in common, the weightiest first."""
    from fengcai.media.fingerprints import read as read_print
    from fengcai.media.likeness import ORDER, Index
    from fengcai.media.likeness import compare as compared

    prints = [read_print(each.data) for each in read]
    index = Index()
    for number, print_ in enumerate(prints):
        index.add(number, print_)
    proposed: set[tuple[int, int]] = set()
    texts = [number for number, print_ in enumerate(prints) if print_.text is not None]
    for number, print_ in enumerate(prints):
        near = [each.work for each in index.candidates(print_, most=_CANDIDATES)]
        near += texts if print_.text is not None else []
        proposed |= {(min(number, each), max(number, each)) for each in near if each != number}
    found = []
    for one, other in sorted(proposed):
        result = compared(prints[one], prints[other])
        if result.verdict != "no":
            found.append({"a": read[one], "b": read[other], **result.as_json()})
    return sorted(found, key=lambda pair: (-ORDER[pair["verdict"]], str(pair["a"].path)))


def _groups(pairs: list[dict[str, Any]]) -> list[list[Read]]:
    """Files that hang together by the pairs, in the order of their names."""
    groups: list[set[Read]] = []
    for pair in pairs:
        together = {pair["a"], pair["b"]}
        touched = [group for group in groups if group & together]
        groups = [group for group in groups if not group & together]
        groups.append(together.union(*touched))
    ordered = [sorted(group, key=lambda each: str(each.path)) for group in groups]
    return sorted(ordered, key=lambda group: str(group[0].path))


def _lines(
    read: list[Read],
    broken: list[Read],
    groups: list[list[Read]],
    pairs: list[dict[str, Any]],
    folder: Path,
) -> Iterator[str]:
    from fengcai.media.likeness.wording import NAMES, sentences

    weighty = [pair for pair in pairs if pair["verdict"] != "template"]
    for number, group in enumerate(groups, 1):
        yield f"第 {number} 组：{'、'.join(_name(each, folder) for each in group)}"
        for pair in weighty:
            if pair["a"] in group:
                yield f"  ✗ {NAMES[pair['verdict']]}：{_name(pair['a'], folder)} ↔ {_name(pair['b'], folder)}"
                yield from (f"      {line}" for line in sentences(pair))
    alike = [pair for pair in pairs if pair["verdict"] == "template"]
    if alike:
        yield "只是模板相似，不算重复："
    for pair in alike:
        yield f"  · {_name(pair['a'], folder)} ↔ {_name(pair['b'], folder)}"
        yield from (f"      {line}" for line in sentences(pair))
    for each in broken:
        yield f"✗ 没有比对 {_name(each, folder)}：{each.trouble}"
    compared = len(read) - len(broken)
    found = f"{len(groups)} 组相似作品" if groups else "没有发现相似作品"
    yield f"{'✗' if groups or broken else '✓'} 比对了 {compared} 个文件，{found}" + (
        f"；{len(broken)} 个没有比对" if broken else ""
    )
    if groups:
        yield "“本作品”指左边一件，“对方”指右边一件。这是机器的提示，是否重复请由人看过再定。"


_STYLE = (
    "body{font:16px/1.6 'Noto Sans SC','Microsoft YaHei',sans-serif;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem;color:#1d2129}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;"
    "border-top:1px solid #ccc;padding-top:1rem}li{margin:.4rem 0}.fine{color:#555}"
    "@media print{body{margin:0}article{break-inside:avoid}}"
)


def _page(
    read: list[Read],
    broken: list[Read],
    groups: list[list[Read]],
    pairs: list[dict[str, Any]],
    folder: Path,
) -> str:
    """The same in one file of HTML that fetches nothing and prints well."""
    from html import escape

    from fengcai.media.likeness.wording import NAMES, sentences

    def pair_of(pair: dict[str, Any]) -> str:
        names = [escape(_name(pair[side], folder)) for side in ("a", "b")]
        said = escape("；".join(sentences(pair)))
        head = f"<strong>{NAMES[pair['verdict']]}</strong>：{names[0]} ↔ {names[1]}"
        return f"<li>{head}<br><span class='fine'>{said}</span></li>"

    weighty = [pair for pair in pairs if pair["verdict"] != "template"]
    alike = [pair for pair in pairs if pair["verdict"] == "template"]
    found = f"{len(groups)} 组相似作品" if groups else "没有发现相似作品"
    parts = [f"<p>比对了 {len(read) - len(broken)} 个文件，{found}。是否重复请由人看过再定。</p>"]
    for number, group in enumerate(groups, 1):
        names = "、".join(escape(_name(each, folder)) for each in group)
        inside = "".join(pair_of(pair) for pair in weighty if pair["a"] in group)
        parts.append(f"<article><h2>第 {number} 组：{names}</h2><ul>{inside}</ul></article>")
    if alike:
        listed = "".join(map(pair_of, alike))
        parts.append(f"<h2>只是模板相似，不算重复</h2><ul>{listed}</ul>")
    if broken:
        rows = "".join(
            f"<li>{escape(_name(each, folder))}：{escape(each.trouble)}</li>" for each in broken
        )
        parts.append(f"<h2>没有比对的 {len(broken)} 个文件</h2><ul>{rows}</ul>")
    parts.append("<p class='fine'>“本作品”指左边一件，“对方”指右边一件。</p>")
    title = f"相似作品比对：{escape(folder.resolve().name)}"
    return (
        f"<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'><title>{title}</title>"
        f"<meta name='viewport' content='width=device-width'><style>{_STYLE}</style></head>"
        f"<body><h1>{title}</h1>{''.join(parts)}</body></html>"
    )


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise Failure(
            f"写不了 {path}", where=problem.strerror or "", mend="换一个能写的位置", code=2
        ) from None


def _name(read: Read, folder: Path) -> str:
    return str(read.path.relative_to(folder))
