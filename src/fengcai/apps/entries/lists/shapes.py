"""The shape of a field that holds rows: its columns, what is chosen from, how long each text may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from fengcai.core.references import KINDS, LABELS, PARTS, read_rows
from fengcai.core.rulebook import Field
from fengcai.core.rulebook.saying import WORDS

SAID = "said-"
"""What keys of an entry's `fields` begin with that hold 有 or 没有, as said beside a list of rows."""
THERE, NONE = "有", "没有"
MOST_ROWS = 100

LICENCES = {
    "own": "自己拍摄、制作",
    "purchased": "已购买授权",
    "permission": "权利人书面同意",
    "cc": "知识共享许可（CC）",
    "public_domain": "公有领域",
    "free": "厂商或平台声明可免费使用",
}
USES = {
    "text": "文案",
    "picture": "画面或图片",
    "film": "视频",
    "voice": "配音",
    "music": "配乐",
    "subtitles": "字幕或翻译",
    "editing": "剪辑、校对、润色",
    "other": "其他",
}
LEVELS = {"unit": "单位级", "city": "市级", "province": "省级", "nation": "国家级", "other": "其他"}
MATERIALS = ("music", "picture", "footage", "font", "text", "voice", "other")
_FOR = {
    "source": ("article", "guideline", "book", "standard", "web"),
    "year": ("article", "guideline", "book", "standard", "web"),
    "locator": ("article", "guideline", "book"),
    "doi": ("article", "guideline", "other"),
    "issn": ("article", "guideline"),
    "isbn": ("book",),
    "number": ("standard",),
    "url": ("guideline", "standard", "web", "other"),
    "accessed": ("web",),
}
"""Parts of a reference that only some kinds have: the page hides the others, the server takes them."""


@dataclass(frozen=True)
class Column:
    """One thing that a row says. `only` names the kinds of row that have it, empty for all; `hint` is
    an example."""

    id: str
    label: str
    input: Literal["text", "choice", "date", "url", "file"] = "text"
    options: tuple[tuple[str, str], ...] = ()
    longest: int = 200
    only: tuple[str, ...] = ()
    hint: str = ""

    def word(self, value: str) -> str:
        """A chosen value in Chinese; any other as it is."""
        return dict(self.options).get(value, value)


@dataclass(frozen=True)
class Shape:
    """The columns of a field's rows, what one row is called, and the question beside the list."""

    columns: tuple[Column, ...]
    row: str
    question: str = ""
    """Asked with 有 / 没有 before the rows; empty where nothing is."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The columns' ids."""
        return tuple(each.id for each in self.columns)


def _references(field: Field) -> Shape:
    kinds: tuple[str, ...] = field.kinds or tuple(KINDS)
    columns = [Column("kind", "类型", "choice", _chosen(KINDS, kinds))]
    inputs: dict[str, Literal["text", "date", "url"]] = {"url": "url"}
    hints = {
        "authors": "张三, 李四",
        "locator": "48(4): 201-206",
        "doi": "10.3760/cma.j.…",
        "issn": "0578-1426 或 CN 11-2138/R",
        "accessed": "2026-04-30",
    }
    for part in PARTS:
        only = tuple(kind for kind in _FOR.get(part, ()) if kind in kinds)
        if part in _FOR and not only:
            continue
        columns.append(
            Column(
                part,
                LABELS[part],
                inputs.get(part, "text"),
                longest=500 if part in ("title", "url", "doi") else 200,
                only=only,
                hint=hints.get(part, ""),
            )
        )
    return Shape(tuple(columns), "条")


def _rights(field: Field) -> Shape:
    words = WORDS["kinds"]
    kinds = field.kinds or MATERIALS
    columns: tuple[Column, ...] = (
        Column("kind", "种类", "choice", tuple((kind, words[kind]) for kind in kinds)),
        Column("title", "名称", hint="曲名、图片或素材的名称"),
        Column("origin", "来源", hint="曲库、网站、软件或拍摄者", longest=500),
        Column("author", "作者或权利人"),
        Column("licence", "怎样获得授权", "choice", tuple(LICENCES.items())),
        Column("version", "CC 许可的版本", hint="CC BY 4.0", longest=60),
    )
    if field.proof:
        columns += (Column("evidence", "授权凭据", "file"),)
    question = "作品用了音乐、图片、影像素材或字体吗？" if field.say_none else ""
    return Shape(columns, "项", question)


def _ai_use(field: Field) -> Shape:
    columns = (
        Column("use", "用来做什么", "choice", tuple(USES.items())),
        Column("tool", "工具名称和版本"),
        Column("parts", "作品的哪些部分", hint="如 00:12—00:30 的画面", longest=500),
        Column("labelled", "作品里加了标识吗", "choice", (("是", "已加标识"), ("否", "没有加"))),
    )
    return Shape(columns, "项", "作品使用了人工智能生成或辅助吗？")


def _parallel(field: Field) -> Shape:
    columns = (
        Column("contest", "赛事名称"),
        Column("level", "级别", "choice", tuple(LEVELS.items())),
        Column("on", "报送日期", "date", longest=40),
        Column("result", "结果", hint="还没有结果的不填"),
    )
    return Shape(columns, "项", "作品同时报送了其他赛事吗？" if field.say_none else "")


_SHAPES = {"references": _references, "rights": _rights, "ai_use": _ai_use, "parallel": _parallel}
LISTS = frozenset(_SHAPES)


@lru_cache(maxsize=256)
def shape_of(field: Field) -> Shape:
    """The shape of a field whose kind is one of `LISTS`."""
    return _SHAPES[field.kind](field)


def rows_of(field: Field, value: Any) -> list[dict[str, str]]:
    """The rows that say something, of what stands in a draft. Lines of text from before references
    were rows are read as rows."""
    if field.kind == "references":
        return [each.as_row() for each in read_rows(value)]
    columns = shape_of(field).columns
    rows = value if isinstance(value, list) else []
    kept = [{c.id: str(row.get(c.id, "")).strip() for c in columns} for row in rows]
    return [row for row in kept if not _bare(field, row)]


def rows_in(field: Field, columns: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """Rows out of parallel lists, as forms send them (`columns` by id). Empty rows are left out; a
    place typed in `order` moves a row."""
    shape = shape_of(field)
    many = max((len(values) for values in columns.values()), default=0)
    found: list[tuple[int, int, dict[str, str]]] = []
    for n in range(many):
        row = {c.id: _at(columns, c.id, n)[: c.longest] for c in shape.columns}
        typed = _at(columns, "order", n)
        place = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else n + 1
        if not _bare(field, row):
            found.append((place, n, row))
    return [row for _, _, row in sorted(found, key=lambda one: one[:2])]


def shown_rows(field: Field, value: Any, *, spare: int = 1) -> list[dict[str, str]]:
    """The rows of a form: those that stand, and empty ones to write in."""
    blank = dict.fromkeys(shape_of(field).ids, "")
    return [*({**blank, **row} for row in rows_of(field, value)), *[dict(blank)] * spare]


def _bare(field: Field, row: Mapping[str, str]) -> bool:
    """Whether nothing was said: a kind alone makes no row."""
    return not any(row.get(id, "").strip() for id in shape_of(field).ids if id != "kind")


def _at(columns: Mapping[str, list[str]], id: str, n: int) -> str:
    values = columns.get(id, [])
    return values[n].strip() if n < len(values) else ""


def _chosen(words: Mapping[str, str], kinds: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((kind, words[kind]) for kind in words if kind in kinds)
