"""The states of a case, its files and what it waits for. Apart from the models, so that pages may name
them."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """Where a letter stands between the mailbox and the works."""

    NEW = "new", "正在读取"
    RESOLVE = "resolve", "待处理"
    MATCHED = "matched", "正在收件"
    TAKEN = "taken", "已收件"
    ASIDE = "aside", "已搁置"


class FileState(models.TextChoices):
    """What became of a file that came with a letter."""

    WAITING = "waiting", "未收入作品"
    TAKEN = "taken", "已收入作品"
    REFUSED = "refused", "没有收下"


class Origin(models.TextChoices):
    """How a file came."""

    ATTACHED = "attached", "附件"
    PACKED = "packed", "压缩包内"
    SENT = "sent", "补传"
    FETCHED = "fetched", "由工作人员取回"


class PendingState(models.TextChoices):
    """What became of a file that a letter only links to."""

    WAITING = "waiting", "文件未到"
    ARRIVED = "arrived", "已补到"
    ASIDE = "aside", "不再等待"


class Degree(models.TextChoices):
    """How sure it is which unit a letter is from."""

    CERTAIN = "certain", "确定"
    LIKELY = "likely", "很可能"
    UNSURE = "unsure", "拿不准"
    NONE = "none", "没有线索"
    PERSON = "person", "人工指定"


class Security(models.TextChoices):
    """How the connection to the mailbox's server is protected."""

    TLS = "tls", "TLS（端口 993）"
    STARTTLS = "starttls", "STARTTLS（端口 143）"
    NONE = "none", "不加密（仅限本机）"
