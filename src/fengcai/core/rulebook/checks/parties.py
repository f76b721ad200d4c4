"""Units, collectors, quotas, regions and superior contests: can what is asked be met?"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from fengcai.core.rulebook.gaps import Open
from fengcai.core.rulebook.language import (
    CapacityText,
    CollectorText,
    EntriesText,
    QuotaText,
    RegistrationText,
    UnitClassText,
)
from fengcai.core.rulebook.problems import Path

from .look import Faults, Look, closing, known, listed, percent, said


def faults(look: Look) -> Faults:
    """Everything wrong with who enters and how often."""
    classes = known(look.book.units.classes)
    above = {id: each.parent for id, each in classes.items()}
    for id, each in classes.items():
        path: Path = ("units", "classes", id)
        yield from _class(look, path, id, each)
        yield from look.ring((*path, "parent"), id, above, "上级单位")
    entries = look.book.units.entries
    if not isinstance(entries, Open):
        yield from _quota(look, ("units", "entries"), entries)
    yield from _capacity(look)
    yield from _registration(look)
    for id, each_superior in known(look.book.feeds_into).items():
        path = ("feeds_into", id)
        yield from look.names((*path, "awards"), each_superior.awards, _awards(look), "奖项")
        closes, ours = said(each_superior.closes), look.closes("submission")
        if closes and ours and closes <= ours:
            yield look.fault(
                (*path, "closes"),
                f"上级赛事 {closing(closes)} 截止，本活动 {closing(ours)} 才截止报送，来不及推荐",
                "请核对两个时间，或把本活动的截止提前。",
            )
    edition = said(look.book.edition)
    if edition and edition.previous == look.book.id:
        yield look.fault(("edition", "previous"), "上一届写成了本届自己", "请写上一届规则书的 id。")


def _awards(look: Look) -> list[str]:
    return list({} if isinstance(look.book.awards, Open) else look.book.awards)


def _class(look: Look, path: Path, id: str, each: UnitClassText) -> Faults:
    classes = known(look.book.units.classes)
    if each.must_enter is True and each.may_enter is False:
        yield look.fault(
            path,
            f"“{each.name}”必须报送，却又不可报送",
            "must_enter 为“是”时，may_enter 也要写“是”。",
        )
    yield from look.names((*path, "parent"), each.parent, classes, "单位类别")
    if isinstance(each.entries, QuotaText):
        yield from _quota(look, (*path, "entries"), each.entries)
    if isinstance(each.collects, CollectorText):
        yield from _collector(look, (*path, "collects"), id, each.collects)


def _collector(look: Look, path: Path, id: str, collector: CollectorText) -> Faults:
    classes = known(look.book.units.classes)
    yield from look.names((*path, "classes"), collector.classes, classes, "单位类别")
    yield from look.names((*path, "window"), collector.window, look.book.windows, "时间窗")
    yield from look.share((*path, "ratio"), collector.ratio)
    if id in collector.classes:
        yield look.fault(
            (*path, "classes"),
            f"“{classes[id].name}”汇总的是它自己",
            "请写由它汇总的下级单位类别。",
        )
    if said(collector.max) == 0:
        yield look.fault((*path, "max"), "汇总后一件也不报", "请写 1 或更大的数。")
    closes, ours = look.closes(collector.window), look.closes("submission")
    if collector.window != "submission" and closes and ours and closes > ours:
        yield look.fault(
            ("windows", str(collector.window), "closes"),
            f"向汇总单位报送 {closing(closes)} 截止，晚于本活动的截止（{closing(ours)}）",
            "逐级报送的截止时间应一级早于一级，请核对。",
        )


def _registration(look: Look) -> Faults:
    registration = look.book.units.registration
    if not isinstance(registration, RegistrationText):
        return
    path: Path = ("units", "registration")
    classes = known(look.book.units.classes)
    yield from look.names((*path, "classes"), registration.classes, classes, "单位类别")
    yield from look.names((*path, "window"), registration.window, look.book.windows, "时间窗")
    mine = [classes[id] for id in registration.classes if id in classes]
    if not registration.classes:
        yield look.fault(
            (*path, "classes"), "没有写哪些类别的单位可以自行报名", "请写单位类别的 id。"
        )
    for each in mine:
        if each.may_enter is False:
            yield look.fault(
                (*path, "classes"),
                f"“{each.name}”可以自行报名，却不可报送",
                "请核对 may_enter，或从自行报名里去掉它。",
            )
        if registration.upper is True and each.parent is None:
            yield look.fault(
                (*path, "upper"),
                f"“{each.name}”没有上级单位，无从确认",
                "请写明它的 parent，或把 upper 改为“否”。",
            )


def _quota(look: Look, path: Path, quota: QuotaText | EntriesText) -> Faults:
    yield from look.order(path, quota.min, quota.max, "每单位报送件数")
    least: dict[str, int] = defaultdict(int)
    shares: dict[str, Decimal] = defaultdict(Decimal)
    for index, each in listed(quota.mix):
        here: Path = (*path, "mix", index)
        yield from look.ref(here, each.of)
        yield from look.order(here, each.min, each.max, "件数")
        yield from look.share((*here, "min_share"), each.min_share)
        kind = each.of.partition(" ")[0]
        least[kind] += said(each.min) or 0
        shares[kind] += said(each.min_share) or 0
    top = said(quota.max)
    for kind, number in least.items():
        if top is not None and number > top:
            yield look.fault(
                (*path, "mix"),
                f"各项至少要报的件数合计 {number}，超过每单位最多 {top} 件",
                "请核对 mix 里的 min，或把 max 改大。",
            )
        if shares[kind] > 1:
            yield look.fault(
                (*path, "mix"),
                f"各项至少要占的比例合计 {percent(shares[kind])}",
                "合计不能超过 100%。",
            )


def _capacity(look: Look) -> Faults:
    capacity, entries = look.book.units.capacity, look.book.units.entries
    if not isinstance(capacity, CapacityText) or isinstance(entries, Open):
        return
    top, least = said(capacity.max), 0
    for each in known(look.book.units.classes).values():
        own = each.entries if isinstance(each.entries, QuotaText) else entries
        if each.must_enter is True:
            least += (said(each.number) or 0) * (said(own.min) or 0)
    if top is not None and least > top:
        yield look.fault(
            ("units", "capacity", "max"),
            f"必须报送的单位至少要报 {least} 件，本活动只收 {top} 件",
            "请核对各类单位的个数、最少件数和总数。",
        )
