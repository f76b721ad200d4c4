"""Sets the drill's stage in its database: a contest that collects works, a contest being judged.

Run once, as a process of the installation; prints what the stream needs, as JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import django

django.setup()

from django.utils import timezone  # noqa: E402  (needs the app registry)

from fengcai.apps.contests.models import Membership, Unit  # noqa: E402
from fengcai.apps.contests.roles import Role  # noqa: E402
from fengcai.apps.entries.actions import ask_to_upload, start_entry  # noqa: E402
from fengcai.core.rulebook import Rules  # noqa: E402
from tests.factories import judging  # noqa: E402

UNITS = 40
WRITERS = 4
WORKS, JUDGES = 12, 5


def always(rules: Rules, *names: str) -> Rules:
    """The rules with the named windows (default: all, the submission too) open for good."""
    open_for_good = {
        "opens": datetime(2020, 1, 1, tzinfo=UTC),
        "closes": datetime(2100, 1, 1, tzinfo=UTC),
    }
    windows = {
        name: window.model_copy(update=open_for_good) if not names or name in names else window
        for name, window in rules.windows.items()
    }
    window = rules.window if names else rules.window.model_copy(update=open_for_good)
    return rules.model_copy(update={"windows": windows, "window": window})


def collecting() -> dict[str, list[dict[str, object]]]:
    """Units with a work each to send files to, and units whose works are written in."""
    at = timezone.now()
    stage = judging.contest(works=0, judges=0, slug="drill-collecting", change=always)
    grants, writers = [], []
    for order in range(UNITS + WRITERS):
        unit = Unit.objects.create(
            contest=stage.contest, name=f"演练{order}科", unit_class="clinical", order=order
        )
        contact = judging.person(f"{unit.name}联络员")
        Membership.objects.create(contest=stage.contest, user=contact, role=Role.CONTACT, unit=unit)
        if order >= UNITS:
            writers.append({"unit": unit.pk, "user": contact.pk, "contest": stage.contest.pk})
            continue
        entry = start_entry(contest=stage.contest, unit=unit, track="video", by=contact, at=at)
        asked = ask_to_upload(entry_id=entry.pk, slot="main", by=contact, at=at)
        grants.append({"entry": str(entry.pk), "grant": asked["grant"]})
    return {"grants": grants, "writers": writers}


def being_judged() -> dict[str, object]:
    """A round with its works and judges, who have all promised."""
    stage = judging.contest(
        works=WORKS,
        judges=JUDGES,
        slug="drill-judging",
        change=lambda rules: always(rules, *{one.window for one in rules.rounds if one.window}),
    )
    judging.opened(stage)
    return {
        "round": stage.open.pk,
        "judges": [judge.pk for judge in stage.judges],
        "works": [str(entry.pk) for entry in stage.entries],
    }


if __name__ == "__main__":
    json.dump({**collecting(), **being_judged()}, sys.stdout)
