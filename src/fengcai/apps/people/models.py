"""Accounts, and the personal links by which people without e-mail come in.

Roles are not here: who a person is in a contest stands in `contests.Membership`.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from fengcai.apps.people.events import Kind
from fengcai.apps.people.phones.models import PhoneCode, VerifiedPhone
from fengcai.apps.people.privacy.models import Consent, DataRequest, PrivacyAnswer, PrivacyText

__all__ = [
    "AccountEvent", "ApiToken", "CacheEntry", "Consent", "DataRequest", "Installation", "KeptAnswer",
    "PersonalLink", "PhoneCode", "PrivacyAnswer", "PrivacyText", "User", "VerifiedPhone",
]  # fmt: skip


class User(AbstractUser):
    """A person with an account. `name` is what pages show: a name, or a post such as 心内科联络员."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("姓名或岗位", max_length=60)
    phone = models.CharField("电话", max_length=40, blank=True)

    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name shown on pages."""
        return str(self)

    def get_short_name(self) -> str:
        """The same: Chinese names are not shortened."""
        return str(self)


class PersonalLink(models.Model):
    """A link that lets its one owner in until it expires or is revoked.

    Only the SHA-256 of the token is stored, so the database cannot be used to sign in as anyone.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    def alive(self, at: object) -> bool:
        """Whether it still opens the door at the instant `at`."""
        return self.revoked_at is None and at < self.expires_at  # type: ignore[operator]


class ApiToken(models.Model):
    """A key with which a program acts for one account at `/api/v1/`, never beyond its `scopes`.

    Only the SHA-256 of the key is stored: whoever reads the database cannot use it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField("用途", max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]


class KeptAnswer(models.Model):
    """The answer given to a request with an Idempotency-Key, to be given again for a day.

    Written in the transaction of the effect that it tells of, so there is never one without the
    other.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="kept_answers")
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    location = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_key")]


class AccountEvent(models.Model):
    """One line of an account's own log: who came in, how, and what was changed about coming in.

    Lines are added, never changed; they go with the account. `device` is in words, not the raw
    header.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    at = models.DateTimeField(db_index=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    device = models.CharField(max_length=80, blank=True)
    detail = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"], name="account_log")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.at:%Y-%m-%d %H:%M}"


class Installation(models.Model):
    """The one row that says who runs this installation, and what opens `/setup/` before anybody has
    an account: the digest of a key that was printed on the server."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField("单位名称", max_length=60, blank=True)
    contact = models.CharField("联系人", max_length=60, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    email = models.EmailField("邮箱", max_length=120, blank=True)
    setup_digest = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_installation")]


class CacheEntry(models.Model):
    """The table of Django's database cache, which every process shares where there is no Redis:
    counters of attempts and one-time codes already used. Django reads and writes it by itself."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "fengcai_cache"
