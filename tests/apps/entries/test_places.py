"""Places for sets of files, links and things; windows of their own; what is signed and promised."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from fengcai.apps.entries import actions
from fengcai.apps.entries.doubts import doubts
from fengcai.apps.entries.models import Entry, FileVersion, Item
from fengcai.apps.entries.queries import entry_page, not_arrived
from fengcai.apps.entries.scope import MADE_ON, PRIZES, scope_of
from fengcai.apps.intake.actions import accept_entry
from fengcai.apps.intake.checklist import checklist
from fengcai.apps.refusals import NotFound, NotPermitted, Refused, TooLate
from fengcai.core.rulebook import Citation, Rules
from fengcai.core.rulebook.rules import Channel, Declaration, Novelty, Requirement, Slot
from tests.apps.entries.test_quotas import rules_with
from tests.factories.any_rulebook import Office, filed, inside, office

pytestmark = pytest.mark.django_db
CITE = Citation(section="六", words="报送材料")


def slot(kind: str, **more: object) -> Slot:
    return Slot(
        **{"id": "place", "name": "材料", "kind": kind, "min": 1, "max": 1, "accept": (),
           "cite": CITE, **more}
    )  # fmt: skip


def holding(*slots: Slot, **changes: object) -> Rules:
    """Rules whose articles need what `slots` say."""
    rules = rules_with(**changes)
    video, article = rules.tracks
    return rules.model_copy(update={"tracks": (video, article.model_copy(update={"slots": slots}))})


def draft(rules: Rules) -> tuple[Office, Entry]:
    made = office(rules)
    entry = made.begin(made.unit("心病科"), "article")
    made.fill(entry)
    return made, entry


def submit(made: Office, entry: Entry, **more):
    return made.submit(entry, scope_of(Entry.objects.get(pk=entry.pk), made.rules), **more)


def refusal(made: Office, entry: Entry) -> dict[str, str]:
    with pytest.raises(Refused) as refused:
        submit(made, entry)
    return refused.value.fields


# Sets


@pytest.fixture
def handed(settings: object, tmp_path: Path):
    """Hand a small picture over."""
    settings.FENGCAI_DATA = tmp_path / "data"  # type: ignore[attr-defined]

    def hand(made: Office, entry: Entry, name: str = "一.jpg", size: int = 100, place=None) -> None:
        file = tmp_path / "x"
        file.write_bytes(name.encode() * size)
        actions.hand_over_file(
            entry_id=entry.pk, slot="place", path=file, filename=name, by=made.who(entry.unit),
            began_at=made.when(entry), finished_at=made.when(entry), place=place,
        )  # fmt: skip

    return hand


SET = slot("image", min=2, max=3, accept=(".jpg",), ordered=True, captions=True, min_bytes=50)


def test_a_set_takes_so_many_in_order_with_captions(handed) -> None:
    made, entry = draft(holding(SET))
    handed(made, entry, "一.jpg")
    assert refusal(made, entry) == {
        "slot-place": "还没有上传材料，至少 2 张，现有 1；材料有 1 个还没有写说明"
    }
    handed(made, entry, "二.jpg")
    handed(made, entry, "三.jpg")
    with pytest.raises(Refused, match="材料最多 3 个，已经满了"):
        handed(made, entry, "四.jpg")
    with pytest.raises(Refused, match=r"“四.png”不是材料要求的格式（.jpg）"):
        handed(made, entry, "四.png", place=1)
    with pytest.raises(Refused, match="只有 5 B，材料不得小于 50 B（依据通知六“报送材料”）"):
        handed(made, entry, "a.jpg", size=1, place=1)
    rows = list(FileVersion.objects.order_by("place"))
    ids = [row.asset_id for row in rows]
    arrange = {"entry_id": entry.pk, "slot": "place", "by": made.who(entry.unit),
               "at": made.when(entry)}  # fmt: skip
    with pytest.raises(Refused, match="在别处有过改动"):
        actions.arrange_files(order=[ids[0], ids[0]], captions={}, **arrange)
    actions.arrange_files(
        order=[ids[2], ids[0]], captions={ids[2]: "清晨", ids[0]: "查房"}, **arrange
    )
    page = entry_page(entry_id=entry.pk, user=made.who(entry.unit))
    assert [(v.place, v.file.filename, v.caption) for v in page.standing("place")] == [
        (1, "三.jpg", "清晨"), (2, "一.jpg", "查房"),
    ]  # fmt: skip
    handed(made, entry, "新.jpg", place=1)
    page = entry_page(entry_id=entry.pk, user=made.who(entry.unit))
    assert [(v.file.filename, v.caption) for v in page.standing("place")] == [
        ("新.jpg", "清晨"), ("一.jpg", "查房"),
    ]  # fmt: skip
    assert FileVersion.objects.count() == 4
    submit(made, entry)


# Links


LINK = slot("link", max=2, asks=("platform", "published_on"), evidence=True)


def link(made: Office, entry: Entry, place: int | None = None, **values: str) -> Item:
    given = {
        "url": "https://mp.weixin.qq.com/s/a",
        "platform": "微信",
        "published_on": "2026-03-01",
    }
    return actions.save_item(
        entry_id=entry.pk, slot="place", place=place, values={**given, **values},
        by=made.who(entry.unit), at=made.when(entry),
    )  # fmt: skip


def test_a_link_needs_its_syntax_its_day_and_its_screenshot() -> None:
    made, entry = draft(holding(LINK))
    assert refusal(made, entry) == {"slot-place": "还没有填写材料"}
    link(made, entry, url="javascript:alert(1)", platform="", published_on="")
    said = refusal(made, entry)["slot-place"]
    assert "链接不对" in said
    assert "请填写平台；材料第 1 个：请填写发布日期；材料第 1 个：还没有上传截图" in said
    assert Item.objects.get().address == ""
    with pytest.raises(Refused, match="发布日期请写成"):
        link(made, entry, 1, published_on="昨天")
    link(made, entry, 1)
    assert refusal(made, entry) == {"slot-place": "材料第 1 个：还没有上传截图"}
    filed(entry, LINK, made.who(entry.unit), place=1)
    link(made, entry)
    with pytest.raises(Refused, match="最多 2 个"):
        link(made, entry)
    remove = {"entry_id": entry.pk, "slot": "place", "by": made.who(entry.unit),
              "at": made.when(entry)}  # fmt: skip
    actions.remove_item(place=2, **remove)
    with pytest.raises(NotFound):
        actions.remove_item(place=2, **remove)
    submit(made, entry)
    with pytest.raises(Refused, match="不能修改"):
        link(made, entry, 1)


# Things and paper


def test_a_thing_is_noted_when_it_arrives_and_the_work_waits_for_it() -> None:
    rules = holding(slot("physical", label=True, window="paper"), head_confirmation=False)
    paper = rules.window.model_copy(
        update={"closes": rules.window.closes + timedelta(days=5), "late": "mark", "kind": "paper"}
    )
    made, entry = draft(rules.model_copy(update={"windows": {**rules.windows, "paper": paper}}))
    assert refusal(made, entry) == {"slot-place": "还没有登记材料"}
    actions.save_item(
        entry_id=entry.pk, slot="place", place=None, values={"title": "书法，四尺整张"},
        by=made.who(entry.unit), at=made.when(entry),
    )  # fmt: skip
    entry = submit(made, entry)
    assert not_arrived(entry) == ["还没有收到实物“材料”（应 1 件，已收 0 件）"]
    now = paper.closes + timedelta(days=1)
    judge = {"decided": {p.requirement: "ok" for p in checklist(entry)}, "notes": {},
             "by": made.reviewer, "at": now, "entry_id": entry.pk}  # fmt: skip
    with pytest.raises(Refused, match=r"还没有收到实物“材料”.*请先在本页登记收件"):
        accept_entry(expected_version=entry.version, **judge)
    note = {"entry_id": entry.pk, "what": "place", "count": 1, "remark": "顺丰 123", "at": now}
    with pytest.raises(NotPermitted):
        actions.note_arrival(arrived_at=now, by=made.who(entry.unit), **note)
    with pytest.raises(NotFound):
        actions.note_arrival(arrived_at=now, by=made.reviewer, **{**note, "what": "other"})
    with pytest.raises(Refused, match="不能晚于现在"):
        actions.note_arrival(arrived_at=now + timedelta(hours=1), by=made.reviewer, **note)
    wrong = actions.note_arrival(arrived_at=now, by=made.reviewer, **note)
    assert wrong.late is True
    actions.void_arrival(entry_id=entry.pk, arrival=wrong.pk, by=made.reviewer, at=now)
    row = actions.note_arrival(arrived_at=paper.closes, by=made.reviewer, **note)
    assert (row.late, not_arrived(entry)) == (False, [])
    assert accept_entry(expected_version=entry.version, **judge).entry.state == "accepted"


def test_where_paper_is_what_counts_the_work_waits_for_every_copy() -> None:
    web, paper = (
        Channel(id=id, kind=id, authoritative=id == "paper", copies=3 if id == "paper" else None,
                what="盖章申报表" if id == "paper" else None, cite=CITE)
        for id in ("web", "paper")
    )  # fmt: skip
    made, entry = draft(holding(channels=(web, paper)))
    entry = submit(made, entry)
    note = {"entry_id": entry.pk, "what": "paper", "remark": "", "by": made.reviewer,
            "at": made.when(entry), "arrived_at": made.when(entry)}  # fmt: skip
    actions.note_arrival(count=2, **note)
    assert not_arrived(entry) == ["还没有收到盖章申报表（应 3 份，已收 2 份）"]
    actions.note_arrival(count=1, **note)
    assert not_arrived(entry) == []


# A window of its own


def test_the_film_may_follow_the_script(handed) -> None:
    later = slot("image", accept=(".jpg",), window="film")
    rules = holding(later, head_confirmation=False)
    window = rules.window.model_copy(
        update={"opens": rules.window.closes, "closes": rules.window.closes + timedelta(days=9),
                "kind": "material"}
    )  # fmt: skip
    made, entry = draft(rules.model_copy(update={"windows": {**rules.windows, "film": window}}))
    with pytest.raises(Refused, match="尚未开始"):
        handed(made, entry)
    assert submit(made, entry).state == "confirmed"
    page = entry_page(entry_id=entry.pk, user=made.who(entry.unit))
    assert [each.message for each in page.owed] == ["还没有上传材料"]
    grant = {"entry_id": entry.pk, "slot": "place", "by": made.who(entry.unit)}
    assert actions.ask_to_upload(at=inside(window), **grant)["max_size"] > 0
    with pytest.raises(TooLate):
        actions.ask_to_upload(at=window.closes + timedelta(days=1), **grant)


def test_the_head_confirms_in_a_time_of_its_own() -> None:
    rules = holding()
    window = rules.window.model_copy(
        update={"opens": rules.window.closes, "closes": rules.window.closes + timedelta(days=3),
                "kind": "confirm"}
    )  # fmt: skip
    made, entry = draft(rules.model_copy(update={"windows": {**rules.windows, "head": window}}))
    submit(made, entry)
    scope = scope_of(entry, made.rules)
    with pytest.raises(TooLate, match="尚未开始"):
        made.confirm(entry, scope, at=made.when(entry))
    assert made.confirm(entry, scope, at=inside(window)).state == "confirmed"


# Promises and novelty


def promise(id: str, **more: object) -> Declaration:
    return Declaration(
        **{"id": id, "text": "授权", "signatory": "author", "when": "submit", "cite": CITE, **more}
    )  # fmt: skip


def test_each_kind_of_signature_is_asked_for() -> None:
    scan = slot("scan", min=0, accept=(".pdf",))
    made, entry = draft(
        holding(scan, declarations=(
            promise("guardian", signatory="guardian", evidence="e_sign"),
            promise("consent", signatory="person_shown", evidence="signed_scan", slot="place"),
            promise("kept", evidence="kept_by_unit"),
            promise("films", tracks=("video",)),
        ))
    )  # fmt: skip
    send = {"entry_id": entry.pk, "expected_version": Entry.objects.get(pk=entry.pk).version,
            "by": made.who(entry.unit), "at": made.when(entry)}  # fmt: skip
    with pytest.raises(Refused) as refused:
        actions.submit_entry(declared=["guardian"], signed_name="张三", **send)
    assert refused.value.fields == {
        "declaration-guardian": "请由监护人本人输入姓名签署",
        "declaration-consent": "请上传签好字的扫描件（出镜者签署）",
        "declaration-kept": "请确认原件已由本单位留存，并勾选",
    }
    filed(entry, scan, made.who(entry.unit))
    actions.submit_entry(
        declared=["guardian", "kept"], signed_name="张三", signers={"guardian": "家长"}, **send
    )
    signed = dict(entry.declarations.values_list("declaration", "signed_name"))
    assert signed == {"guardian": "家长", "consent": "张三", "kept": "张三"}


def novelty(kind: str, checked_by: str = "form", **more: object) -> Novelty:
    text = "须在期间内创作，未获过奖"
    return Novelty(id="new", kind=kind, text=text, checked_by=checked_by, cite=CITE, **more)


SPAN = {"since": date(2025, 1, 1), "until": date(2025, 12, 31)}


@pytest.mark.parametrize(
    ("day", "right"),
    [("2025-01-01", True), ("2025年12月31日", True), ("2024-12-31", False), ("2026-01-01", False),
     ("", False)],
)  # fmt: skip
def test_a_work_is_made_in_the_time_that_the_rules_name(day: str, right: bool) -> None:
    made, entry = draft(holding(novelty=(novelty("created_between", **SPAN),)))
    made.fill(entry, **{f"{MADE_ON}new": day})
    if right:
        submit(made, entry)
    else:
        assert list(refusal(made, entry)) == [f"{MADE_ON}new"]


def test_a_published_work_shows_where_and_when() -> None:
    proof = slot("link", min=0, asks=("published_on",))
    made, entry = draft(
        holding(proof, novelty=(novelty("published_required", proof="place", **SPAN),))
    )
    assert refusal(made, entry) == {
        "slot-place": "请提供已经发表的证明：材料（依据通知六“报送材料”）"
    }
    link(made, entry, published_on="2026-01-01")
    assert refusal(made, entry)["slot-place"].startswith(
        "发表日期 2026-01-01 不在 2025-01-01 至 2025-12-31（含首尾两日）之内"
    )
    link(made, entry, 1, published_on="2025-06-01")
    submit(made, entry)


def test_prizes_are_asked_and_a_prize_is_a_doubt_for_a_person() -> None:
    made, entry = draft(
        holding(
            novelty=(novelty("prior_award_ban", levels=("province",)),), head_confirmation=False
        )
    )
    made.fill(entry, **{f"{PRIZES}new": ""})
    assert list(refusal(made, entry)) == [f"{PRIZES}new"]
    made.fill(entry, **{f"{PRIZES}new": "2024 年省级二等奖"})
    entry = submit(made, entry)
    found = doubts(entry, scope_of(entry, made.rules), ())
    assert [(d.id, d.found) for d in found] == [("novelty-new", "自报曾获：2024 年省级二等奖")]
    with pytest.raises(Refused) as refused:
        accept_entry(
            entry_id=entry.pk, expected_version=entry.version, notes={}, by=made.reviewer,
            at=made.when(entry),
            decided={p.requirement: "ok" for p in checklist(entry) if p.requirement != found[0].id},
        )  # fmt: skip
    assert refused.value.fields == {"novelty-new": "请判断这一项"}


def test_a_work_of_an_earlier_edition_is_a_doubt() -> None:
    rules = holding(novelty=(novelty("unpublished", "declaration"),))
    before = office(rules, slug="before")
    old = before.handed_in(before.unit("心病科"), "article")
    Entry.objects.filter(pk=old.pk).update(state="accepted", number="001")
    made = office(rules, slug="now")
    made.contest.series = before.contest.series
    made.contest.save()
    entry = made.handed_in(made.unit("针灸科"), "article")
    found = doubts(Entry.objects.get(pk=entry.pk), scope_of(entry, rules), ())
    assert [d.found for d in found] == [
        f"往届有同名作品：《护佑健康》（{before.contest.title}，心病科）"
    ]


# Demands that bite later, or elsewhere


def test_a_demand_of_a_later_round_is_not_the_desks() -> None:
    demand = {"text": "高清版", "severity": "must", "checked_by": "human", "cite": CITE}
    rules = holding(
        requirements=(
            Requirement(id="now", **demand),
            Requirement(id="later", round="review", **demand),
            Requirement(id="films", tracks=("video",), **demand),
        ),
        head_confirmation=False,
    )
    made, entry = draft(rules)
    entry = submit(made, entry)
    assert [point.requirement for point in checklist(entry)] == ["now"]


@pytest.mark.clause("H3")
def test_how_many_a_set_holds_is_judged_as_it_stands_now(handed) -> None:
    asked = Requirement(
        id="many", text="3 幅以上", severity="must", checked_by="machine",
        predicate="count >= 3张", cite=CITE,
    )  # fmt: skip
    made, entry = draft(holding(SET.model_copy(update={"requirements": (asked,)})))
    user = made.who(entry.unit)

    def found() -> list[tuple[str, str]]:
        rows = entry_page(entry_id=entry.pk, user=user).sets.get("place", [])
        return [(row.verdict, row.measured) for row in rows]

    assert found() == []
    handed(made, entry, "一.jpg")
    handed(made, entry, "二.jpg")
    assert found() == [("fail", "件数 2 个")]
    assert [(p.machine, p.measured) for p in checklist(entry) if p.requirement == "many"] == [
        ("fail", "件数 2 个")
    ]
    handed(made, entry, "三.jpg")
    assert found() == [("pass", "件数 3 个")]
    points = [p for p in checklist(entry) if p.requirement == "many"]
    assert [p.machine for p in points] == ["pass"]


def test_a_telephones_photograph_is_refused_with_the_way_to_jpeg(handed) -> None:
    made, entry = draft(holding(SET))
    with pytest.raises(Refused, match=r"没有收下。HEIC 是苹果手机的照片格式，请导出为 JPEG 再交"):
        handed(made, entry, "IMG_0001.HEIC")
