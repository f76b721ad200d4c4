"""Which fingerprints are held against each other, and what an equal title with a past winner says.

A past winner meets the works of its own series only: the register is its organisers'. Works of a
demonstration meet no others. All else in this installation meets; what is shown of it is `rules`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fengcai.apps.entries.models import Entry
from fengcai.apps.likeness.models import Fingerprint, PriorWork

SURE_TITLE = 5
"""Equal titles of fewer counting characters are chance (守护, 坚守) unless the unit is the same too."""


def may_meet(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether two rows are compared. Their entry's contest and their prior work are read."""
    if one.entry is not None and other.entry is not None:
        same = one.entry_id == other.entry_id
        return not same and one.entry.contest.demo == other.entry.contest.demo
    entry, prior = one.entry or other.entry, one.prior or other.prior
    return entry is not None and prior is not None and entry.contest.series == prior.series


def same_titles(row: Fingerprint) -> set[int]:
    """Numbers of the text rows whose title is that of this text row: past winners' for a work, works'
    for a past winner. 1 SQL for the titles of the series, 1 for the rows."""
    from fengcai.media.fingerprints.text import folded

    if not row.of_text:
        return set()
    texts = Fingerprint.objects.filter(asset=None, film=False)
    if row.entry is not None:
        mine, unit = folded(row.entry.title), row.entry.unit.name
        kin = PriorWork.objects.filter(series=row.entry.contest.series)
        priors = list(kin.values_list("pk", "title", "unit"))
        texts = texts.filter(prior__in=_alike(mine, unit, priors))
    elif row.prior is not None:
        mine, unit = folded(row.prior.title), row.prior.unit
        works = Entry.objects.filter(contest__series=row.prior.series)
        entries = list(works.values_list("pk", "title", "unit__name"))
        texts = texts.filter(entry__in=_alike(mine, unit, entries))
    return set(texts.values_list("pk", flat=True))


def _alike(mine: str, unit: str, others: Sequence[tuple[Any, str, str]]) -> list[Any]:
    from fengcai.media.fingerprints.text import folded

    return [
        key
        for key, title, its_unit in others
        if mine and folded(title) == mine and (len(mine) >= SURE_TITLE or unit == its_unit)
    ]


def as_material(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether one of the two is known music or footage."""
    return any(
        each.prior is not None and each.prior.kind == PriorWork.Kind.MATERIAL
        for each in (one, other)
    )


def of_material(evidence: dict[str, Any]) -> dict[str, Any]:
    """The evidence of a work and known material: however much of it is used, and wherever in the work, it
    is used, and a person looks at the work's rights. A rhythm alone says nothing of material."""
    return {**evidence, "verdict": "shares" if evidence["segments"] else "no"}


def with_title(evidence: dict[str, Any], *, same: bool) -> dict[str, Any]:
    """The evidence of a comparison, with an equal title added: that alone asks a person to look."""
    if not same:
        return evidence
    verdict = "shares" if evidence["verdict"] in ("no", "template") else evidence["verdict"]
    return {**evidence, "verdict": verdict, "reasons": [*evidence["reasons"], "title"]}
