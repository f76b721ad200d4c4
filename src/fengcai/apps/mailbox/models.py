"""A contest's mailbox, the letters that came (each one case), their files, and what is still awaited."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from fengcai.apps.contests.models import Contest, Unit
from fengcai.apps.entries.models import Entry
from fengcai.apps.mailbox.states import Degree, FileState, Origin, PendingState, Security, State


class Connection(models.Model):
    """The mailbox of one contest: where it is, how far it has been read, and its last trouble.

    `secret` is the authorisation code, encrypted. `uidvalidity` and `position` name the last letter
    whose case stands; `since` is the instant before which letters are none of this contest's.
    `registered_only`: a letter from an address of which nothing is known begins no work by itself.
    `refused`: the trouble is one that only a person can mend (a changed password). Until `watched_until`
    the worker `watcher` holds a line to the mailbox; `pushed` says whether it is told of new letters.
    """

    contest = models.OneToOneField(Contest, on_delete=models.PROTECT, related_name="mailbox")
    preset = models.CharField(max_length=20, blank=True)
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=10, choices=Security, default=Security.TLS)
    account = models.CharField(max_length=254)
    secret = models.TextField()
    folder = models.CharField(max_length=100, default="INBOX")
    address = models.EmailField(max_length=254)
    active = models.BooleanField(default=True)
    receipts = models.BooleanField(default=True)
    registered_only = models.BooleanField(default=True)
    since = models.DateTimeField()
    uidvalidity = models.PositiveBigIntegerField(default=0)
    position = models.PositiveBigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=400, blank=True)
    trouble_since = models.DateTimeField(null=True, blank=True)
    refused = models.BooleanField(default=False)
    watcher = models.CharField(max_length=100, blank=True)
    watched_until = models.DateTimeField(null=True, blank=True)
    pushed = models.BooleanField(null=True, blank=True)


class Case(models.Model):
    """One letter. Its bytes are kept under `key`; the same bytes again are the same case.

    `uid` is its number in the mailbox (with `uidvalidity`), `received_at` when the mail server took it
    in, `dated_at` when it says that it was sent. `why` says in a sentence what a person has to decide
    or why nothing is to be done. Until `open_until` the sender may send files for it by its page.
    `answered_at` is when the last receipt went out, `answered` which: that it has come (received) or
    what was done with it (taken).

    `erased_at`: the original went with a person's data, and `key` is empty. Since `named_at` it waits for
    an officer to say whether it may stay, since it names somebody whose data were erased; `named` says where.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="cases")
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    uidvalidity = models.PositiveBigIntegerField()
    uid = models.PositiveBigIntegerField()
    message_id = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()
    dated_at = models.DateTimeField(null=True, blank=True)
    taken_up_at = models.DateTimeField()
    sender = models.CharField(max_length=254, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    automatic = models.BooleanField(default=False)
    bounce = models.BooleanField(default=False)
    problems = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    why = models.CharField(max_length=400, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    degree = models.CharField(max_length=10, choices=Degree, default=Degree.NONE)
    reasons = models.JSONField(default=list)
    candidates = models.JSONField(default=list)
    entry = models.ForeignKey(
        Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    open_until = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered = models.CharField(max_length=10, blank=True)
    named = models.JSONField(default=list)
    named_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["contest", "state", "-received_at"], name="case_state"),
            models.Index(fields=["contest", "sender", "answered_at"], name="case_answered"),
            models.Index(fields=["contest", "message_id"], name="case_message"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["contest", "sha256"], name="one_case_per_letter")
        ]

    def __str__(self) -> str:
        return self.subject or "（无主题）"


class CaseFile(models.Model):
    """A file that came with a letter or was sent later for it. `inline`: it stands in the letter's
    text (a signature, a photograph), so it is taken in only when a person says so.

    `path` says where in the letter it is (`2`, `0/1` inside a forwarded one, `2!7` the eighth member of
    the third one's archive); `key` is where a file that came another way is kept until it is taken in.
    `slot` is where it went or was tried; `why` a sentence.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="files")
    order = models.PositiveIntegerField()
    path = models.CharField(max_length=60, blank=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.ATTACHED)
    name = models.CharField(max_length=300)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    inline = models.BooleanField(default=False)
    key = models.CharField(max_length=100, blank=True, db_index=True)
    state = models.CharField(max_length=10, choices=FileState, default=FileState.WAITING)
    slot = models.CharField(max_length=40, blank=True)
    why = models.CharField(max_length=400, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "path"],
                condition=~models.Q(path=""),
                name="one_file_per_place_in_letter",
            )
        ]

    @property
    def apart(self) -> str:
        """The place of what lies in this file, where it came another way than in the letter."""
        return f"#{self.pk}"


class PendingFile(models.Model):
    """A large attachment of which the letter holds only the link: it is not here until somebody sends
    it, or an officer has it fetched. `alerted_at`: the sender was told that it is about to expire."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pending")
    order = models.PositiveIntegerField()
    provider = models.CharField(max_length=40)
    name = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    url = models.TextField()
    state = models.CharField(max_length=10, choices=PendingState, default=PendingState.WAITING)
    alerted_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        indexes = [models.Index(fields=["state", "expires_at"], name="pending_expiry")]
        constraints = [
            models.UniqueConstraint(fields=["case", "order"], name="one_pending_per_place")
        ]

    @property
    def awaited(self) -> bool:
        """Whether it has not come yet, and should."""
        return self.state == PendingState.WAITING


class CaseEvent(models.Model):
    """One line of a case's history. `by` is None for what the system did by itself."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.CharField(max_length=400)

    class Meta:
        ordering = ["at", "pk"]


class Sought(models.Model):
    """Somebody whose data were erased, while the originals of letters (`cases`, their keys) are searched
    for him: his name and addresses, encrypted. The row goes with the last letter."""

    words = models.TextField()
    cases = models.JSONField(default=list)
    ordered_at = models.DateTimeField()
