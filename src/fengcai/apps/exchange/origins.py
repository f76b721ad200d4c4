"""Where an imported work came from, for the pages that show the work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fengcai.apps.exchange.models import Origin
from fengcai.apps.prepared import Given, Prepared

if TYPE_CHECKING:
    from fengcai.apps.entries.models import Entry


@dataclass(frozen=True)
class Brought:
    """That a work was imported: from which system and row, by whom, when."""

    source: str
    by: str
    by_id: int
    at: datetime
    row_key: str
    line: int
    filename: str
    submitted_there: datetime | None

    @property
    def text(self) -> str:
        """In one sentence, without the instant."""
        row = f"原编号 {self.row_key}，表格“{self.filename}”第 {self.line} 行"
        return f"由{self.by}从“{self.source}”导入（{row}），不是本单位填写的"


def origin_of(entry: Entry) -> Brought | None:
    """Where the work was imported from; None for one that its unit began. 1 SQL."""
    row = _ORIGIN.first(entry=entry.pk)
    if row is None:
        return None
    return Brought(
        row.source.name, str(row.run.by), row.run.by_id, row.at, row.row_key, row.line, row.run.filename,
        row.submitted_there,
    )  # fmt: skip


_ORIGIN = Prepared(
    lambda: Origin.objects.filter(entry=Given("entry")).select_related("source", "run__by")
)
