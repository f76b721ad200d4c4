"""What programs read of certificates, page by page: all for the organiser, a unit its own."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from fengcai.apps.awards.models import Certificate
from fengcai.apps.awards.queries.certificates import CertificateRow, _row
from fengcai.apps.contests.feeds import Standing


def certificates_for(
    standing: Standing, *, after: tuple[str, int] | None, most: int
) -> Sequence[tuple[CertificateRow, tuple[str, int]]]:
    """Certificates with their place (series, serial), from behind `after`. 1 SQL."""
    rows = Certificate.objects.filter(contest=standing.contest)
    if not standing.organiser:
        mine = Q(entry__unit__in=standing.units) | Q(unit__in=standing.units)
        rows = rows.filter(mine)
    if after is not None:
        series, serial = after
        rows = rows.filter(Q(series__gt=series) | Q(series=series, serial__gt=serial))
    found = rows.order_by("series", "serial")[:most]
    return [(_row(row), (row.series, row.serial)) for row in found]
