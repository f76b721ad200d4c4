"""What a key may be used for. A scope only narrows: its account's roles decide in the end."""

from __future__ import annotations

from django.db import models


class Scope(models.TextChoices):
    """One kind of thing that a program may do."""

    CONTESTS_READ = "contests:read", "查看活动、规则与单位名单"
    UNITS_WRITE = "units:write", "导入单位名单"
    ENTRIES_READ = "entries:read", "查看作品与检查结果"
    ENTRIES_WRITE = "entries:write", "填写、上传、提交、撤回作品"
    REVIEW_WRITE = "review:write", "审核：通过或退回作品，写下人的意见"
    RESULTS_READ = "results:read", "查看评奖结果与证书"
    JOBS_READ = "jobs:read", "查看后台任务"
    JOBS_WRITE = "jobs:write", "让未完成的后台任务重做"
