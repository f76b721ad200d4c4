"""Tracks, divisions, forms, files, people, promises: names, bounds, and demands that fit."""

from __future__ import annotations

from collections.abc import Mapping

from fengcai.core.rulebook.gaps import Open
from fengcai.core.rulebook.language import (
    AgesText,
    DeclarationText,
    DivisionText,
    FieldText,
    NoveltyText,
    ReleaseText,
    RequirementText,
    SlotText,
    ThemesText,
    TrackText,
)
from fengcai.core.rulebook.lineage import models
from fengcai.core.rulebook.predicate import facts_of, parse_predicate
from fengcai.core.rulebook.problems import Path
from fengcai.core.rulebook.reading import closest

from .look import Faults, Look, known, listed, said

WITHOUT_FILES = ("link", "physical")
ROWS = ("references", "rights", "ai_use", "parallel")
"""Kinds of fields that hold rows."""
SOURCES = frozenset({"article", "guideline", "book", "standard", "web", "other"})
MATERIALS = frozenset({"music", "picture", "footage", "font", "text", "voice", "other"})


def faults(look: Look) -> Faults:
    """Everything wrong with what is handed in and by whom."""
    above = {id: each.like or each.parent for id, each in look.book.tracks.items()}
    for id, track in look.book.tracks.items():
        path: Path = ("tracks", id)
        yield from look.names((*path, "parent"), track.parent, look.book.tracks, "类别")
        yield from look.names((*path, "like"), track.like, look.book.tracks, "类别")
        yield from look.ring((*path, "like" if track.like else "parent"), id, above, "类别")
        yield from _track(look, path, id, track)
    yield from _requirements(look, ("requirements",), known(look.book.requirements))
    for id, division in known(look.book.divisions).items():
        yield from _division(look, ("divisions", id), division)
    for id, cap in known(look.book.person_caps).items():
        yield from _roles(look, ("person_caps", id, "roles"), cap.roles)
        if cap.max == 0:
            yield look.fault(
                ("person_caps", id, "max"), "一个人一件也不能参加", "请写 1 或更大的数。"
            )
    for id, each in known(look.book.qualifications).items():
        path = ("qualifications", id)
        yield from _roles(look, (*path, "roles"), each.roles)
        yield from _ages(look, (*path, "ages"), each.ages)
        yield from look.scope(path, tracks=each.tracks, divisions=each.divisions)
    for id, declaration in known(look.book.declarations).items():
        yield from _declaration(look, ("declarations", id), declaration)
    for id, release in known(look.book.releases).items():
        yield from _release(look, ("releases", id), release)
    for id, novelty in known(look.book.novelty).items():
        yield from _novelty(look, ("novelty", id), novelty)


def _track(look: Look, path: Path, id: str, track: TrackText) -> Faults:
    if isinstance(track.themes, ThemesText):
        yield from _themes(look, (*path, "themes"), track.themes)
    yield from look.names((*path, "divisions"), track.divisions, look.book.divisions, "组别")
    for name, field in known(track.fields).items():
        yield from _field(look, (*path, "fields", name), field)
    for name, slot in known(track.slots).items():
        yield from _slot(look, (*path, "slots", name), slot)
    line = [track, *(look.book.tracks[each] for each in models(look.book.tracks, id))]
    if id in look.leaves and not any(each.slots or each.fields for each in line):
        yield look.fault(
            path, f"“{track.name}”没有要交的文件，也没有要填的内容", "请补上 slots 或 fields。"
        )
    instead = known(track.instead)
    yield from _requirements(look, (*path, "instead"), instead)
    slots = [slot for each in line for slot in known(each.slots).values()]
    asked = [name for slot in slots for name in known(slot.requirements)]
    for name in instead:
        if name not in asked:
            yield look.fault(
                (*path, "instead", name),
                f"所依照的类别没有名为“{name}”的要求，无从替换",
                closest(name, asked),
            )


def _themes(look: Look, path: Path, themes: ThemesText) -> Faults:
    yield from look.order(path, themes.min, themes.max, "可选方向数")
    if isinstance(themes.options, Open):
        return
    count = len(themes.options)
    for key, limit in (("min", themes.min), ("max", themes.max)):
        if isinstance(limit, int) and limit > count:
            yield look.fault(
                (*path, key), f"只有 {count} 个方向，却写了 {limit}", f"请写不大于 {count} 的数。"
            )
    fixed = sum(each.mandatory is True for each in known(themes.options).values())
    if isinstance(themes.max, int) and fixed > themes.max:
        yield look.fault(
            (*path, "max"),
            f"必选的方向有 {fixed} 个，却最多只能选 {themes.max} 个",
            "请核对 mandatory 和 max。",
        )


def _field(look: Look, path: Path, field: FieldText) -> Faults:
    if field.kind == "choice" and not field.options:
        yield look.fault(path, f"“{field.label}”是选择题，却没有选项", "请补上 options: [甲, 乙]。")
    yield from look.order(path, field.min_chars, field.max_chars, "字数", "min_chars")
    yield from look.order(path, field.at_least, field.at_most, "数值", "at_least")
    yield from look.order(path, field.people_min, field.people_max, "人数", "people_min")
    yield from look.slot_names((*path, "proof"), field.proof)
    yield from _rows(look, path, field)
    roles, least = said(field.roles) or [], 0
    for index, each in listed(field.counts):
        here: Path = (*path, "counts", index)
        if not isinstance(each.role, Open):
            yield from look.names((*here, "role"), each.role, roles, "角色")
        yield from look.order(here, each.min, each.max, "人数")
        least += said(each.min) or 0
    top = said(field.people_max)
    if top is not None and least > top:
        yield look.fault(
            (*path, "counts"),
            f"各角色至少 {least} 人，超过总共最多 {top} 人",
            "请核对 counts 和 people_max。",
        )


def _rows(look: Look, path: Path, field: FieldText) -> Faults:
    """Bounds of what is listed row by row, and whether the kinds are those of the field."""
    kind = said(field.kind)
    asked = {
        "kinds": (field.kinds, ("references", "rights")),
        "rows_min": (field.rows_min, ROWS),
        "rows_max": (field.rows_max, ROWS),
        "say_none": (field.say_none, ("rights", "ai_use", "parallel")),
    }
    for key, (value, kinds) in asked.items():
        if value is not None and kind is not None and kind not in kinds:
            yield look.fault((*path, key), f"“{field.label}”这一栏用不上 {key}", "请删去这一行。")
    yield from look.order(path, field.rows_min, field.rows_max, "条数", "rows_min")
    if kind in ("references", "rights"):
        own = SOURCES if kind == "references" else MATERIALS
        strange = [each for each in said(field.kinds) or () if each not in own]
        if strange:
            yield look.fault(
                (*path, "kinds"),
                f"“{field.label}”没有 {strange[0]} 这一类",
                closest(strange[0], own),
            )


def _slot(look: Look, path: Path, slot: SlotText) -> Faults:
    yield from look.order(path, slot.min, slot.max, f"“{slot.name}”的文件个数")
    yield from look.order(path, slot.min_size, slot.max_size, "文件大小", "min_size")
    if slot.max == 0:
        yield look.fault((*path, "max"), f"“{slot.name}”一个文件也不收", "请写 1 或更大的数。")
    if not slot.accept and slot.kind not in WITHOUT_FILES:
        yield look.fault((*path, "accept"), f"“{slot.name}”没有可接受的后缀", "例如 [.mp4]。")
    if slot.accept and slot.kind in WITHOUT_FILES:
        yield look.fault(
            (*path, "accept"), f"“{slot.name}”不是文件，没有后缀可写", "请删去 accept。"
        )
    yield from look.slot_names((*path, "of"), slot.of)
    yield from look.names((*path, "window"), slot.window, look.book.windows, "时间窗")
    yield from look.names((*path, "divisions"), slot.divisions, look.book.divisions, "组别")
    yield from _requirements(look, (*path, "requirements"), known(slot.requirements))


def _requirements(look: Look, path: Path, found: Mapping[str, RequirementText]) -> Faults:
    for id, each in found.items():
        if each.checked_by == "machine" and each.predicate is None:
            yield look.fault(
                (*path, id),
                "写明由机器检查，却没有条件",
                "请补上 predicate，或把 checked_by 改为 human。",
            )
        # With a person who checks, a predicate is the machine's hint; the person decides.
        by_hand = each.checked_by in {"form", "declaration", "judge"}
        if each.predicate is not None and by_hand:
            yield look.fault(
                (*path, id),
                "写了条件，却不是由机器检查，也不由审核员看",
                "请把 checked_by 改为 machine 或 human，或删去 predicate。",
            )
        names = facts_of(parse_predicate(each.predicate)) if isinstance(each.predicate, str) else ()
        if "count" in names and len(names) > 1:
            yield look.fault(
                (*path, id, "predicate"),
                "件数（count）是整组文件的事，不能与单个文件的条件写在一条里",
                "请把件数另写一条要求。",
            )
        if each.effect is not None and each.prefer is None:
            yield look.fault(
                (*path, id, "effect"), "只有“优先”的要求才能写 effect", "请删去这一行。"
            )
        yield from look.scope((*path, id), tracks=each.tracks, divisions=each.divisions)
        yield from look.names((*path, id, "round"), each.round, look.book.rounds, "轮次")


def _division(look: Look, path: Path, division: DivisionText) -> Faults:
    yield from look.names((*path, "tracks"), division.tracks, look.book.tracks, "类别")
    yield from _ages(look, (*path, "ages"), division.ages)
    yield from look.order(path, division.people_min, division.people_max, "人数", "people_min")
    yield from _roles(look, (*path, "beside"), division.beside)


def _ages(look: Look, path: Path, ages: AgesText | Open | None) -> Faults:
    if isinstance(ages, AgesText):
        yield from look.order(path, ages.min, ages.max, "年龄")


def _roles(look: Look, path: Path, roles: list[str] | Open | None) -> Faults:
    if look.roles:
        yield from look.names(path, said(roles), dict.fromkeys(look.roles), "角色")


def _declaration(look: Look, path: Path, declaration: DeclarationText) -> Faults:
    yield from look.scope(path, tracks=declaration.tracks, divisions=declaration.divisions)
    yield from look.slot_names((*path, "slot"), declaration.slot)
    if declaration.evidence == "signed_scan" and declaration.slot is None:
        yield look.fault(
            path,
            "要交签字的扫描件，却没有写交到哪里",
            "请补上 slot: 文件的编号，并在 slots 里列出。",
        )


PUBLIC_USES = frozenset({"site", "channels", "media"})


def _release(look: Look, path: Path, release: ReleaseText) -> Faults:
    yield from look.scope(path, tracks=release.tracks)
    for key, what in (("who", "谁"), ("purposes", "用在哪里"), ("evidence", "怎样签")):
        if getattr(release, key) == []:
            yield look.fault((*path, key), f"同意书没有写{what}", f"请补上 {key}，或删去这一条。")
    if release.months == 0:
        yield look.fault(
            (*path, "months"),
            "同意书的期限是 0 个月",
            "没有期限的肖像许可随时可以解除（民法典第一千零二十二条），请写期限，例如 36。",
        )
    uses = said(release.purposes)
    if release.needed_for == "publication" and uses and not PUBLIC_USES.intersection(uses):
        yield look.fault(
            (*path, "purposes"),
            "公开展播要等同意书，同意书却不许可公开展播",
            "请在 purposes 里加上 site、channels 或 media，或改写 needed_for。",
        )


def _novelty(look: Look, path: Path, novelty: NoveltyText) -> Faults:
    yield from look.names((*path, "tracks"), novelty.tracks, look.book.tracks, "类别")
    yield from look.slot_names((*path, "proof"), novelty.proof)
    since, until = said(novelty.since), said(novelty.until)
    if since and until and since > until:
        yield look.fault((*path, "since"), f"{since} 晚于 {until}", "请核对两个日期。")
    if novelty.kind == "created_between" and novelty.since is None and novelty.until is None:
        yield look.fault(path, "没有写创作的起止日期", "请补上 since、until，或只写其中一个。")
    if novelty.kind == "prior_award_ban" and novelty.levels is None:
        yield look.fault(
            path, "没有写哪些级别的获奖作品不能再参加", "请补上 levels: [province, nation]。"
        )
