"""What stands in the database after the last minute: states, late marks, the audit record, as JSON."""

from __future__ import annotations

import json

import django

django.setup()

from fengcai.apps.audit.queries import records, verify_chain  # noqa: E402  (needs the app registry)
from fengcai.apps.contests.models import Contest  # noqa: E402
from fengcai.apps.entries.models import Entry  # noqa: E402

if __name__ == "__main__":
    contest = Contest.objects.get(slug="bench-lastminute")
    whole = records(contest.chain, limit=1_000_000)
    handed_in = [row for row in whole if row.action == "entries.submit"]
    print(
        json.dumps({
            "states": {str(pk): state for pk, state in Entry.objects.values_list("pk", "state")},
            "late": Entry.objects.filter(late=True).count(),
            "recorded": len(handed_in),
            "chain": verify_chain(contest.chain).ok,
        })
    )  # fmt: skip
