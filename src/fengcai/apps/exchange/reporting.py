"""The report of an import as a table to keep and to send back to whoever made the export."""

from __future__ import annotations

from fengcai.apps.exchange.models import Import
from fengcai.apps.exchange.sources import report
from fengcai.engines.documents.tables import Sheet, write_xlsx

HEADERS = ["行", "原系统编号", "单位", "作品名称", "试运行", "说明", "文件", "结果"]


def report_workbook(run: Import) -> bytes:
    """Every row, those that are refused first."""
    told = report(run)
    rows = [
        [
            row.line, row.row_key, row.unit, row.title, row.get_verdict_display(), row.why,
            "\n".join(f"{f['name']}（{f['why'] or '已找到'}）" for f in row.files), row.outcome,
        ]
        for row in told.rows
    ]  # fmt: skip
    about: list[list[object]] = [
        ["来源", run.source.name], ["表格", run.filename], ["导入人", str(run.by)],
        ["状态", run.get_state_display()], ["试运行", run.checked_at], ["完成", run.done_at],
    ]  # fmt: skip
    return write_xlsx([Sheet("导入报告", HEADERS, rows), Sheet("说明", ["项目", "内容"], about)])
