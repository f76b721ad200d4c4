"""A program of its own that writes to, or recounts, an audit chain in a given database.

``python -m tests.apps.audit.writer migrate | write CHAIN COUNT | verify CHAIN``, with Django's
database settings as JSON in ``AUDIT_DATABASE``. Tests run several at once.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime

import django
from django.conf import settings


def main(command: str, *rest: str) -> None:
    settings.configure(
        INSTALLED_APPS=["fengcai.apps.audit"],
        DATABASES={"default": json.loads(os.environ["AUDIT_DATABASE"])},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from fengcai.apps.audit.actions import record
    from fengcai.apps.audit.queries import verify_chain

    if command == "migrate":
        call_command("migrate", verbosity=0)
    elif command == "write":
        chain, count = rest
        for number in range(int(count)):
            with transaction.atomic():
                record(
                    chain,
                    actor=f"process:{os.getpid()}",
                    action="drill.write",
                    subject=f"number:{number}",
                    details={"number": number},
                    personal={"name": "张某"},
                    at=datetime.now(UTC),
                )
    elif command == "verify":
        found = verify_chain(*rest)
        print(json.dumps({"ok": found.ok, "length": found.length, "problem": found.problem}))


if __name__ == "__main__":
    main(*sys.argv[1:])
