"""What is kept of packs, forms and imports: what was chosen, what was made, who took it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from fengcai.apps.assets.models import Asset
from fengcai.apps.contests.models import Contest
from fengcai.apps.entries.models import Entry
from fengcai.apps.exchange.layouts import LAYOUTS


class Checksum(models.Model):
    """The CRC-32 of a received file, which a zip has to know before it is sent. Counted once."""

    asset = models.OneToOneField(
        Asset, primary_key=True, on_delete=models.CASCADE, related_name="checksum"
    )
    crc32 = models.BigIntegerField()


class Pack(models.Model):
    """A zip of files as it was chosen: from when it is ready, not a byte of it changes.

    It stands nowhere as a file. Its members say which stored file comes where; the tail of the zip
    (its directory) and the manifest are stored. `chosen` is the filter or the works that were ticked,
    `layout` how files lie in folders. `size` in bytes.
    """

    class State(models.TextChoices):
        MAKING = "making", "正在准备"
        READY = "ready", "可以下载"
        EMPTY = "empty", "没有文件"
        EXPIRED = "expired", "已过期"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="packs")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    title = models.CharField(max_length=200)
    filename = models.CharField(max_length=255)
    chosen = models.JSONField(default=dict)
    slots = models.JSONField(default=list)
    layout = models.CharField(
        max_length=8, choices=[(id, words[0]) for id, words in LAYOUTS.items()], default="rule"
    )
    state = models.CharField(max_length=8, choices=State, default=State.MAKING)
    works = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    tail_at = models.BigIntegerField(default=0)
    tail_key = models.CharField(max_length=120, blank=True)
    tail_sha256 = models.CharField(max_length=64, blank=True)
    manifest_key = models.CharField(max_length=120, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["contest", "-at"], name="pack_newest")]


class PackMember(models.Model):
    """One file of a pack: its name in the zip, where it begins, whose bytes they are."""

    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="members")
    order = models.PositiveIntegerField()
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    name = models.CharField(max_length=400)
    size = models.BigIntegerField()
    crc32 = models.BigIntegerField()
    stamp = models.BigIntegerField()
    offset = models.BigIntegerField()

    class Meta:
        ordering = ["pack", "order"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "order"], name="one_member_per_place")
        ]
        indexes = [models.Index(fields=["pack", "offset"], name="member_offset")]


class Taking(models.Model):
    """That somebody downloads a pack: from when to when, in how many requests."""

    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="takings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    last_at = models.DateTimeField()
    requests = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-begun_at"]


class FormTemplate(models.Model):
    """The organiser's own form (docx or xlsx), with places to be filled. A new one replaces the old.

    `used` are the fields that stand in it, `unknown` those that nobody knows: with one of them the
    form fills nothing until it is mended.
    """

    class Purpose(models.TextChoices):
        WORK = "work", "每件作品一份"
        UNIT = "unit", "每个单位一份"
        LIST = "list", "全部作品一份汇总"

    class Kind(models.TextChoices):
        DOCX = "docx", "Word 文档"
        XLSX = "xlsx", "Excel 工作簿"

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="form_templates")
    name = models.CharField(max_length=100)
    purpose = models.CharField(max_length=8, choices=Purpose)
    kind = models.CharField(max_length=8, choices=Kind)
    filename = models.CharField(max_length=255)
    key = models.CharField(max_length=120, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    used = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "name"],
                condition=models.Q(replaced_at=None),
                name="one_form_per_name",
            )
        ]


class Filling(models.Model):
    """Forms that were filled: by which template, for which works, and the file that came of it."""

    class State(models.TextChoices):
        MAKING = "making", "正在填写"
        READY = "ready", "可以下载"
        FAILED = "failed", "没有填成"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.ForeignKey(FormTemplate, on_delete=models.PROTECT, related_name="fillings")
    chosen = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.MAKING)
    trouble = models.TextField(blank=True)
    count = models.PositiveIntegerField(default=0)
    filename = models.CharField(max_length=255, blank=True)
    key = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]


class Source(models.Model):
    """Another system whose exports are taken in, with what its columns mean (`mapping`: target →
    header), its names of units (`unit_names`) and of categories (`track_names`) in ours.

    `rule` is draft or submit; `honours_time` says that the time of submission which the other system
    recorded is the one that counts.
    """

    class Rule(models.TextChoices):
        DRAFT = "draft", "只建草稿，由单位自己核对后提交"
        SUBMIT = "submit", "材料齐全的直接提交，不齐的留作草稿"

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="sources")
    name = models.CharField(max_length=60)
    mapping = models.JSONField(default=dict)
    track = models.CharField(max_length=40, blank=True)
    track_names = models.JSONField(default=dict)
    unit_names = models.JSONField(default=dict)
    rule = models.CharField(max_length=8, choices=Rule, default=Rule.DRAFT)
    honours_time = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "name"], name="one_source_per_name")
        ]


class Import(models.Model):
    """One export of a source that was brought in: its table as it was, where its files lie, how far
    it has come. `folder` is a folder of the server, `archive_key` a zip that was sent."""

    class State(models.TextChoices):
        MAPPING = "mapping", "等待对应各列"
        CHECKED = "checked", "已试运行，等待导入"
        RUNNING = "running", "正在导入"
        DONE = "done", "已导入"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="imports")
    filename = models.CharField(max_length=255)
    key = models.CharField(max_length=120, unique=True)
    sha256 = models.CharField(max_length=64)
    folder = models.CharField(max_length=500, blank=True)
    archive_key = models.CharField(max_length=120, blank=True)
    archive_sha256 = models.CharField(max_length=64, blank=True)
    archive_name = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.MAPPING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]


class ImportRow(models.Model):
    """One row of an import: what the dry run said of it, and what became of it."""

    class Verdict(models.TextChoices):
        NEW = "new", "将新建"
        MEND = "mend", "将补文件"
        KNOWN = "known", "以前导入过"
        REFUSED = "refused", "不导入"

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    row_key = models.CharField(max_length=200)
    verdict = models.CharField(max_length=8, choices=Verdict)
    title = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=100, blank=True)
    why = models.TextField(blank=True)
    files = models.JSONField(default=list)
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True)

    class Meta:
        ordering = ["run", "line"]
        constraints = [models.UniqueConstraint(fields=["run", "line"], name="one_row_per_line")]


class Origin(models.Model):
    """Where an imported work came from: a source and the row's own key in it. Once and for all."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="origins")
    row_key = models.CharField(max_length=200)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="origin")
    run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="origins")
    line = models.PositiveIntegerField()
    submitted_there = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "row_key"], name="one_entry_per_source_row")
        ]
