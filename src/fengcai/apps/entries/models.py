"""A work that a unit enters: fields, state, files, links, things, declarations, people, its way up."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Contest, RulebookVersion, Unit
from fengcai.apps.entries import identity
from fengcai.apps.entries.states import State


class Entry(models.Model):
    """One work. `version` counts saves, so that two tabs cannot overwrite each other unseen.

    `divisions` are ids, at most one of an axis; `place` is its place in its unit's own order of
    preference, from 1, zero where the rules ask for none; `gathered_by` the collecting unit that it
    lies with (state gathered).
    """

    State = State

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entries")
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="entries")
    track = models.CharField(max_length=40)
    themes = models.JSONField(default=list)
    divisions = models.JSONField(default=list)
    title = models.CharField(max_length=200, blank=True)
    fields = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    number = models.CharField(max_length=40, blank=True)
    place = models.PositiveIntegerField(default=0)
    gathered_by = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="gathered"
    )
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    late = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    mend_until = models.DateTimeField(null=True, blank=True)
    mend_parts = models.JSONField(default=list, blank=True)
    """What may be changed until then (fields, `themes`, `divisions`, `slot-<id>`); empty for all."""
    withdrawn_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["created_at"]
        # A list of 20 000 works reads its page and an index, never the rows of the others: hence the
        # keys in them. The widest one holds all that a search looks at.
        indexes = [
            models.Index(
                fields=["contest", "state", "updated_at", "id"], name="entry_state_updated"
            ),
            models.Index(
                fields=["contest", "state", "submitted_at", "id"], name="entry_state_submitted"
            ),
            models.Index(fields=["contest", "updated_at", "id"], name="entry_updated"),
            models.Index(fields=["contest", "submitted_at", "id"], name="entry_submitted"),
            models.Index(fields=["contest", "unit", "state"], name="entry_unit_state"),
            models.Index(fields=["contest", "state", "number", "id"], name="entry_state_number"),
            models.Index(fields=["contest", "number", "id"], name="entry_number"),
            models.Index(
                fields=[
                    *("contest", "title", "id", "state", "number", "unit"),
                    *("updated_at", "submitted_at"),
                ],
                name="entry_search",
            ),
            models.Index(fields=["contest", "created_at", "id"], name="entry_begun"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "number"],
                condition=~models.Q(number=""),
                name="one_entry_per_number",
            )
        ]

    def __str__(self) -> str:
        return self.title or "未命名作品"


class Revision(models.Model):
    """What a save of a draft replaced: `before` maps the fields that it changed to what stood there.

    By these rows two people's saves are merged field by field: what stood in a field at a version is
    in the first later row that names it. They go when the work is handed in.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    before = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "version"], name="one_revision_per_version")
        ]


class FileVersion(models.Model):
    """A version of a file of an entry: for one place in a slot the newest is the current one.

    A slot that takes several files (组图) numbers them by `place` from 1; a slot of one file has
    place 1. A file that was taken out leaves no current one at its place.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="files")
    slot = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField(default=1)
    caption = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField()
    asset = models.OneToOneField(Asset, on_delete=models.PROTECT, related_name="version")
    current = models.BooleanField(default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["slot", "place", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "slot", "version"], name="one_file_version"),
            models.UniqueConstraint(
                fields=["entry", "slot", "place"],
                condition=models.Q(current=True),
                name="one_current_file_per_place",
            ),
        ]


class Item(models.Model):
    """What is handed in without being a file: a link, or a thing (实物) that is sent or brought.

    `place` numbers the items of a slot from 1. Of a link, `url` and what the slot asks are kept; of
    a thing, `title` describes it. A screenshot of a link is a `FileVersion` of the same slot and place.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="items")
    slot = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField()
    url = models.CharField(max_length=500, blank=True)
    title = models.CharField(max_length=200, blank=True)
    platform = models.CharField(max_length=60, blank=True)
    account = models.CharField(max_length=60, blank=True)
    published_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["slot", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "slot", "place"],
                condition=models.Q(removed_at=None),
                name="one_item_per_place",
            )
        ]

    @property
    def address(self) -> str:
        """The link where it is one that a page may point to; a draft may hold anything."""
        return "" if identity.link_problem(self.url) else self.url


class Arrival(models.Model):
    """The office's note that paper or a thing has arrived: when, how many, by whom noted.

    `what` is the id of a slot (things) or of a channel (paper). A note made in error gets `void_at`.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="arrivals")
    what = models.CharField(max_length=60)
    count = models.PositiveSmallIntegerField(default=1)
    arrived_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["arrived_at", "pk"]


class Contributor(models.Model):
    """Somebody who takes part in a work that was handed in, for the rules that count people.

    `mark` is a keyed hash of name and telephone, or of the resident's number (`certain`), never
    the number itself; empty where neither was asked. Written anew at every submission.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="contributors")
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=40, blank=True)
    mark = models.CharField(max_length=64, blank=True)
    certain = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["mark", "entry"], name="contributor_mark")]


class Passage(models.Model):
    """That a collecting unit passed a work on, at which place of its list, and when."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="passages")
    collector = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="passages")
    place = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "collector"],
                condition=models.Q(void_at=None),
                name="passed_on_once",
            )
        ]


class Opinion(models.Model):
    """What an expert says of a work (专家审核意见), by a link that its unit sent.

    The token is kept as its SHA-256 only. `seen` are the files that the expert had before the eye:
    other files since then are another work. `verdict` pass lets the slot of role opinion be filled.
    """

    class Verdict(models.TextChoices):
        PASS = "pass", "审核通过"
        MEND = "mend", "修改后再审"
        FAIL = "fail", "不通过"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="opinions")
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=60)
    post = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=100, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    verdict = models.CharField(max_length=4, choices=Verdict, blank=True)
    science = models.CharField(max_length=1000, blank=True)
    appeal = models.CharField(max_length=1000, blank=True)
    harm = models.CharField(max_length=1000, blank=True)
    seen = models.JSONField(default=list)
    given_at = models.DateTimeField(null=True, blank=True)
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]


class Snapshot(models.Model):
    """What the server found at the address of a link, for evidence that it was published.

    `key` is where the bytes lie in storage, empty where nothing came; `why` says then why. It is
    never opened in the page: the bytes are a stranger's.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="snapshots")
    url = models.CharField(max_length=500)
    at = models.DateTimeField(default=timezone.now)
    key = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]


class GivenBack(models.Model):
    """That a collecting unit gave a work back to its unit to be mended, and why."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="given_back")
    collector = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reasons = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]


class Declaration(models.Model):
    """A declaration signed for an entry, with the words as they stood."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="declarations")
    declaration = models.CharField(max_length=60)
    text = models.TextField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_name = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)
    void_at = models.DateTimeField(null=True, blank=True)


class WithheldName(models.Model):
    """That somebody named in a work does not want it in public or elsewhere, as the office noted."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="withheld_names")
    name = models.CharField(max_length=60)
    why = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "name"],
                condition=models.Q(lifted_at=None),
                name="one_withheld_name",
            )
        ]
