"""The mailboxes of contests: whether letters come in, and how many wait for a person."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from fengcai.cli.doctor.findings import Finding, Findings

SILENT = timedelta(minutes=30)
SUBJECT = "报送邮箱"


def mailboxes(data: Path) -> Findings:
    """What the last looks found. No mailbox is connected to; `fengcai mailbox check` does that."""
    from django.utils import timezone

    from fengcai.apps.mailbox.archives import archives_open
    from fengcai.apps.mailbox.queries import connections, to_resolve

    rows = connections()
    if not rows:
        text = "没有活动接入邮箱（见 docs/operate/mailbox.md）"
        yield Finding(SUBJECT, "good", text)
    if rows and not archives_open():
        yield Finding(
            SUBJECT, "warning", "没有找到 libarchive，随信寄来的 rar、7z 压缩包打不开（zip 不受影响）",
            "安装系统软件包 libarchive13 后重启",
        )  # fmt: skip
    for row in rows:
        name = f"{row.contest.slug}（{row.address}）"
        now = timezone.now()
        if row.trouble:
            since = f"{timezone.localtime(row.trouble_since):%Y-%m-%d %H:%M}"
            yield Finding(
                SUBJECT, "bad", f"{name}自 {since} 起收不了信：{row.trouble}",
                "改好设置后运行 fengcai mailbox check；信都在邮箱里，会接着收",
            )  # fmt: skip
        elif row.looked_at is None or now - row.looked_at > SILENT:
            yield Finding(
                SUBJECT,
                "warning",
                f"{name}半小时没有人去看",
                "运行 fengcai serve 或 fengcai worker",
            )
        else:
            waiting = to_resolve(row.contest)
            more = f"，{waiting} 封等人处理" if waiting else ""
            held = row.watched_until is not None and row.watched_until > now
            how = "新信随到随收" if held and row.pushed else "按时查看新信"
            yield Finding(SUBJECT, "good", f"{name}正常，{how}{more}")
