"""The job that draws certificates from what was frozen at their issue."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from fengcai.apps.awards.models import Certificate
from fengcai.engines import storage
from fengcai.engines.documents import CertificateData, FontsMissing, certificate
from fengcai.engines.jobs import JobContext, JobFailed, Lane, handler


@handler("awards.certificates", title="制作证书", lane=Lane.DOCUMENTS, lease=120, max_attempts=5)
def draw_certificates(job: JobContext, *, contest_id: int) -> None:
    """Draw and keep the PDF of every certificate of a contest that has none.

    Run twice, or by two workers at once, each certificate keeps the first file that was written for
    it. If the machine dies in the middle, the certificates drawn so far are kept and the next run
    draws the rest; at worst one file stays in the store that no row names. A certificate that
    cannot be printed does not hold up the others: the job fails at the end and names it.
    """
    waiting = list(
        Certificate.objects.filter(contest_id=contest_id, key="", revoked_at=None).order_by(
            "series", "serial"
        )
    )
    faults: list[str] = []
    for index, row in enumerate(waiting):
        job.progress(index / len(waiting), f"正在制作 {row.number}（{index + 1}/{len(waiting)}）")
        try:
            pdf = certificate(certificate_data(row.data))
        except ValueError as fault:
            faults.append(str(fault))
            continue
        except FontsMissing as fault:
            raise JobFailed(str(fault)) from None
        _keep(row, pdf)
    if faults:
        raise JobFailed("".join(faults))
    with job.completing() as outcome:
        outcome["made"] = len(waiting)


def certificate_data(frozen: dict[str, Any]) -> CertificateData:
    """What was frozen at issue, in the form that the documents engine prints."""
    return CertificateData(
        **{
            **frozen,
            "recipients": tuple(frozen["recipients"]),
            "issued": date.fromisoformat(frozen["issued"]),
        }
    )


def _keep(row: Certificate, pdf: bytes) -> None:
    with storage.provisional(), transaction.atomic():
        stored = storage.write_bytes(pdf, suffix=".pdf")
        first = Certificate.objects.filter(pk=row.pk, key="").update(
            key=stored.key, sha256=stored.sha256, rendered_at=timezone.now()
        )
        if not first:
            storage.delete(stored.key)
