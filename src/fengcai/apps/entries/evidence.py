"""Who may see the pictures that an inspection kept as evidence.

Reviewers and organisers of the contest see all of them. People of the work's unit (and of a unit that
gathered it) see the plain ones and, of what is private, the masked twin. Judges and the public see none.
"""

from __future__ import annotations

from uuid import UUID

from fengcai.apps.assets.models import Output
from fengcai.apps.assets.queries import Part
from fengcai.apps.contests.queries import without_texts
from fengcai.apps.contests.roles import Role
from fengcai.apps.entries.models import FileVersion
from fengcai.apps.entries.rules import roles_at
from fengcai.apps.refusals import NotFound

SEEING_ALL = frozenset({Role.REVIEWER, Role.ORGANISER})


def sees_private(roles: frozenset[str]) -> bool:
    """Whether people of these roles towards a work see its private evidence as it is."""
    return bool(roles & SEEING_ALL)


def evidence(*, user: object, asset_id: UUID, name: str) -> Part:
    """One evidence picture, if `user` may see it; else `NotFound`, as if there were none.

    At most 4 SQL.
    """
    rows = FileVersion.objects.filter(asset_id=asset_id).select_related(
        "entry__contest__version", "entry__unit"
    )
    version = without_texts(rows, "entry__contest__version").first()
    roles = roles_at(user, version.entry) if version is not None else frozenset[str]()
    kept = (
        Output.objects.filter(asset=asset_id, name=name, kind=Output.Kind.EVIDENCE).first()
        if roles
        else None
    )
    if kept is None or (kept.private and not sees_private(roles)):
        raise NotFound("没有这张图片，或您不能查看它。")
    return Part(kept.key, "image/jpeg", kept.name)
