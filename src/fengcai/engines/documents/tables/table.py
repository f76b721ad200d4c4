"""What a read spreadsheet is: named columns, and rows that remember their number in the file.

Finds the heading row and unites two-storey headings; knows no file format.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

MAX_ROWS = 20_000
MAX_COLUMNS = 200
HEADING_WITHIN = 30
"""Rows from the top among which the heading is looked for."""


class TableRefused(ValueError):
    """The file is not a table that can be read; the text is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the spreadsheet shows it, and its cells in the order of the headers."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A heading and its rows. Cells are text, stripped; an empty cell is the empty text."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    sheet: str
    header_row: int

    def column(self, *names: str) -> int | None:
        """The place of the first header that equals one of `names`, spaces aside, else None."""
        squeezed = ["".join(header.split()) for header in self.headers]
        for name in names:
            wanted = "".join(name.split())
            if wanted in squeezed:
                return squeezed.index(wanted)
        return None

    def values(self, row: Row) -> Mapping[str, str]:
        """The row as header → text."""
        return dict(zip(self.headers, row.cells, strict=True))


@dataclass(slots=True)
class Grid:
    """Cells as a reader found them, merged ones unfolded. Rows and columns count from 1."""

    sheet: str
    rows: dict[int, list[str]] = field(default_factory=dict)
    wide: set[tuple[int, int]] = field(default_factory=set)
    """(row, column) of cells that a merge repeats sideways."""

    def put(self, number: int, cells: Sequence[str]) -> None:
        """Add a row unless it is blank. Raises TableRefused past the limits."""
        if not any(cells):
            return
        if len(self.rows) > MAX_ROWS + HEADING_WITHIN:
            raise TableRefused(too_many_rows())
        if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
            raise TableRefused(too_many_columns())
        self.rows[number] = list(cells[:MAX_COLUMNS])


def too_many_rows() -> str:
    """The refusal of a table that is too long."""
    return f"表格超过 {MAX_ROWS} 行，没有导入。请拆成几个文件，分批上传。"


def too_many_columns() -> str:
    """The refusal of a table that is too wide."""
    return f"表格超过 {MAX_COLUMNS} 列，没有导入。请只保留需要的列，另存后再上传。"


def tidy(value: str) -> str:
    """Cell text without outer blanks (full-width ones too), line ends as \\n."""
    return value.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n\u3000\u00a0\ufeff\u200b")


def build(grid: Grid, expected: Collection[str]) -> Table:
    """The table in a grid. `expected` headers, when given, decide which row is the heading.

    Raises TableRefused when nothing is there to read.
    """
    if not grid.rows:
        raise TableRefused("文件里没有内容，没有导入。请确认保存的是填好的那一份。")
    width = max(len(cells) for cells in grid.rows.values())
    for cells in grid.rows.values():
        cells.extend([""] * (width - len(cells)))
    top = _heading_row(grid, expected)
    numbers = sorted(grid.rows)
    below = [number for number in numbers if number > top]
    heading = grid.rows[top]
    if below and _is_second_storey(grid, top, below[0]):
        heading = _united(heading, grid.rows[below[0]])
        below = below[1:]
    if len(below) > MAX_ROWS:
        raise TableRefused(too_many_rows())
    kept = [
        column
        for column in range(width)
        if heading[column] or any(grid.rows[number][column] for number in below)
    ]
    if not below:
        raise TableRefused(
            f"只读到表头（第 {top} 行：{'、'.join(h for h in heading if h)[:60]}），下面没有数据行，没有导入。"
        )
    return Table(
        headers=_distinct([heading[column] or f"第{_letter(column)}列" for column in kept]),
        rows=tuple(
            Row(number, tuple(grid.rows[number][column] for column in kept)) for number in below
        ),
        sheet=grid.sheet,
        header_row=top,
    )


def _heading_row(grid: Grid, expected: Collection[str]) -> int:
    first = sorted(grid.rows)[:HEADING_WITHIN]
    if expected:
        wanted = {"".join(name.split()) for name in expected}
        hits = {
            number: len(wanted & {"".join(cell.split()) for cell in grid.rows[number]})
            for number in first
        }
        best = max(hits.values())
        if best:
            return next(number for number in first if hits[number] == best)
    # A title merged across the sheet is one value repeated; a heading has several, all different.
    variety = {number: len(set(filter(None, grid.rows[number]))) for number in first}
    most = max(variety.values())
    enough = max(1, -(-most * 6 // 10))
    return next(number for number in first if variety[number] >= enough)


def _is_second_storey(grid: Grid, top: int, second: int) -> bool:
    """True when `second` divides merged headings of `top` and repeats the others downwards."""
    if second != top + 1:
        return False
    divided = False
    for column, upper in enumerate(grid.rows[top]):
        lower = grid.rows[second][column]
        if (top, column + 1) in grid.wide:
            divided = divided or (bool(lower) and lower != upper)
        elif upper != lower:
            return False
    return divided


def _united(upper: Iterable[str], lower: Iterable[str]) -> list[str]:
    return [
        up if up == low or not low else f"{up}·{low}" if up else low
        for up, low in zip(upper, lower, strict=True)
    ]


def _distinct(headers: Iterable[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    result = []
    for header in headers:
        name = " ".join(header.split())
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}（{seen[name]}）")
    return tuple(result)


def _letter(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
