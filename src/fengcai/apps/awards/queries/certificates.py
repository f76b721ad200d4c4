"""Certificates: what anybody may verify, what a unit may download, what the office oversees."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from fengcai.apps.awards.models import Certificate
from fengcai.apps.awards.rules import may_have_certificate
from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.contests.roles import Role
from fengcai.apps.contests.rules import require_role
from fengcai.apps.entries import naming
from fengcai.apps.people.models import User
from fengcai.apps.refusals import NotFound


@dataclass(frozen=True)
class CertificateRow:
    """A certificate in a list. `work` is empty where a unit got the award, `scope` where the award
    is one for all; `ready` says that its PDF can be downloaded."""

    id: UUID
    number: str
    award: str
    work: str
    unit: str
    issued_at: datetime
    ready: bool
    revoked_at: datetime | None
    revoke_reason: str
    scope: str = ""

    @property
    def what(self) -> str:
        """How a list calls it: 一等奖（摄影类）《…》."""
        scope = f"（{self.scope}）" if self.scope else ""
        return f"{self.award}{scope}" + (f"《{self.work}》" if self.work else "")


@dataclass(frozen=True)
class CertificateFile:
    """A certificate's PDF in the store, and the name to send it under."""

    key: str
    filename: str


@dataclass(frozen=True)
class Verification:
    """What /verify says of a certificate that was issued. Recipients are masked (王**); those who have
    not agreed to be named in public are left out, their number is told."""

    id: UUID
    number: str
    valid: bool
    contest_slug: str
    contest: str
    award: str
    group: str
    work: str
    unit: str
    recipients: tuple[str, ...]
    issuer: str
    document_number: str
    issued_at: datetime
    sha256: str
    demo: bool
    revoked_at: datetime | None
    revoke_reason: str
    scope: str
    unnamed: int = 0


def verify(certificate_id: UUID) -> Verification | None:
    """What was issued under this id, valid or revoked; None when nothing ever was. At most 4 SQL."""
    row = Certificate.objects.select_related("contest").filter(pk=certificate_id).first()
    if row is None:
        return None
    names = row.data["recipients"]
    hidden: Collection[str] = ()
    if row.entry_id:
        hidden = naming.unnamed({row.entry_id: names}, naming.PUBLISH).get(row.entry_id, ())
    shown = [name for name in names if name not in hidden]
    return Verification(
        id=row.pk,
        number=row.number,
        valid=row.revoked_at is None,
        contest_slug=row.contest.slug,
        contest=row.data["contest_title"],
        award=row.data["award"],
        group=row.data["group"],
        work=row.data["work_title"],
        unit=row.data["unit"],
        recipients=tuple(masked(name) for name in shown),
        unnamed=len(names) - len(shown),
        issuer=row.data["issuer"],
        document_number=row.data["document_number"],
        issued_at=row.issued_at,
        sha256=row.sha256,
        demo=row.data["demo"],
        revoked_at=row.revoked_at,
        revoke_reason=row.revoke_reason,
        scope=row.data.get("scope", ""),
    )


def masked(name: str) -> str:
    """The first character of a name and a star for each of the others."""
    return name[:1] + "*" * (len(name) - 1)


def certificates_of(unit: Unit) -> list[CertificateRow]:
    """The certificates that a unit and its works won. 1 SQL."""
    mine = Q(entry__unit=unit) | Q(unit=unit)
    return [_row(row) for row in Certificate.objects.filter(mine)]


def certificates_in(*, contest: Contest, user: User) -> list[CertificateRow]:
    """All certificates of a contest, for the organiser. 2 SQL."""
    require_role(user, contest, Role.ORGANISER)
    return [_row(row) for row in Certificate.objects.filter(contest=contest)]


def certificate_file(*, certificate_id: UUID, user: object) -> CertificateFile:
    """The PDF, for the unit's people and the organisers. Raises `NotFound`, also for anybody else."""
    row = (
        Certificate.objects.select_related("contest", "entry__unit__contest", "unit__contest")
        .filter(pk=certificate_id)
        .first()
    )
    if row is None or not may_have_certificate(user, row):
        raise NotFound("没有这张证书，或它不属于您的单位。要核对真伪，请扫证书上的二维码。")
    if not row.key:
        raise NotFound("证书正在制作，请稍后再来下载。")
    return CertificateFile(row.key, f"{row.number} {row.data['award']}.pdf")


def _row(row: Certificate) -> CertificateRow:
    return CertificateRow(
        id=row.pk,
        number=row.number,
        award=row.data["award"],
        work=row.data["work_title"],
        unit=row.data["unit"],
        issued_at=row.issued_at,
        ready=bool(row.key),
        revoked_at=row.revoked_at,
        revoke_reason=row.revoke_reason,
        scope=row.data.get("scope", ""),
    )
