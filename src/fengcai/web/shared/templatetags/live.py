"""The tag that shows a job's progress, and gives the page the right to hear of it."""

from __future__ import annotations

from typing import Any

from django import template

from fengcai.engines import live
from fengcai.engines.jobs import JobStatus

register = template.Library()


@register.inclusion_tag("shared/_job_progress.html")
def job_progress(
    job: JobStatus | None, refresh_url: str, target: str, label: str
) -> dict[str, Any]:
    """`{% job_progress job url "#part" "检查进度" %}`: text and bar, moved by the server.

    When the job is in another state, the part of the page that `target` selects is fetched anew
    from `refresh_url`. Whoever sees the page may hear of the job for as long as a ticket lasts.
    """
    channel = live.channel_of_job(job.id) if job else ""
    return {
        "job": job,
        "channel": channel,
        "ticket": live.ticket(channel) if channel else "",
        "refresh_url": refresh_url,
        "target": target,
        "label": label,
    }
