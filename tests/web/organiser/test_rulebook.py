"""The rulebook in the browser: cards that write the text, versions, the notice, amendments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fengcai.apps.contests import versions
from fengcai.apps.contests.models import Amendment, Contest, OfficeRight
from fengcai.apps.contests.queries import rules_of
from fengcai.core.rulebook.labels import LABELS
from fengcai.core.rulebook.source import read
from fengcai.web.organiser.pages.book import QUESTIONS, STEPS, keys_of
from fengcai.web.organiser.pages.book_form import cards
from fengcai.web.organiser.pages.book_shapes import Shape, language

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]
NOTICES = ROOT / "examples" / "notices"


def path_of(*steps: Any) -> str:
    return json.dumps(steps)


def edit(client: Any, contest: Contest, step: str, *path: Any, **sent: str) -> Any:
    values = {
        "path": path_of(*path),
        "version": str(versions.newest(contest).number),
        "step": step,
        "do": "save",
        **sent,
    }
    return client.post(reverse("rulebook-edit", args=[contest.slug]), values)


def test_every_key_of_the_language_stands_in_one_step() -> None:
    placed = [key for id, _, _ in STEPS if id != QUESTIONS for key in keys_of(id)]
    assert sorted(placed) == sorted(set(language().keys) - {"questions", "rulebook", "id"})


def test_every_key_of_the_language_has_its_word() -> None:
    def keys(shape: Shape) -> set[str]:
        inner = [*shape.keys.values(), *([shape.inner] if shape.inner else [])]
        return set(shape.keys).union(*(keys(each) for each in inner))

    assert keys(language()) - set(LABELS) == set()


@pytest.mark.clause("B1")
@pytest.mark.parametrize("step", [id for id, _, _ in STEPS if id != QUESTIONS])
def test_each_step_shows_its_rules(draft: Any, signed_in: Any, step: str) -> None:
    client = signed_in(draft.organiser)
    page = client.get(reverse("rulebook-step", args=[draft.contest.slug, step]))
    assert page.status_code == 200
    assert page.content.decode().count("data-cite-field") >= 1


def test_what_may_be_added_inside_a_clause_stands_inside_its_card(draft: Any) -> None:
    tree = read(draft.contest.version.text, name="规则书").value
    made = cards(tree, ["awards"], [])
    awards = [card for card in made if not card.blank]
    assert [card.title for card in made if card.blank] == ["奖项"]
    assert {card.depth for card in made} == {0}
    assert {tuple(add.title for add in card.adds) for card in awards} == {
        ("比例", "分数线", "计分公式")
    }


def test_a_refused_addition_is_seen(draft: Any, signed_in: Any) -> None:
    answer = edit(
        signed_in(draft.organiser),
        draft.contest,
        "awards",
        "awards",
        "first",
        "ratio",
        do="add",
        **{"v-share": "很多"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="c-awards-first" data-depth="0"  open' in page
    assert "很多" in page


def test_a_card_writes_one_value_and_keeps_the_rest(draft: Any, signed_in: Any) -> None:
    client = signed_in(draft.organiser)
    before = versions.newest(draft.contest).text
    sent = edit(
        client, draft.contest, "units", "units", "entries",
        **{"v-min": "2", "v-max": "待明确 A2.max", "v-cite": "二 均需报送作品"},
    )  # fmt: skip
    assert sent.status_code == 302
    saved = versions.newest(draft.contest)
    assert saved.text == before.replace(
        "    min: 1\n    max: 待明确 A2", "    min: 2\n    max: 待明确 A2"
    )
    assert (saved.number, str(saved.by)) == (2, str(draft.organiser))


def test_a_new_clause_is_added_like_another_and_removed(draft: Any, signed_in: Any) -> None:
    client = signed_in(draft.organiser)
    edit(
        client, draft.contest, "awards", "awards", do="add", key="encourage", like="third",
        **{"v-name": "鼓励奖", "v-count": "5", "v-cite": "六（二） 鼓励奖"},
    )  # fmt: skip
    text = versions.newest(draft.contest).text
    assert "  encourage:\n    name: 鼓励奖\n" in text
    edit(client, draft.contest, "awards", "awards", "encourage", do="remove")
    assert "encourage" not in versions.newest(draft.contest).text


def test_what_is_refused_keeps_every_character(draft: Any, signed_in: Any) -> None:
    client = signed_in(draft.organiser)
    sent = edit(
        client, draft.contest, "awards", "awards", do="add", key="", **{"v-name": "没有编号的奖"}
    )
    page = sent.content.decode()
    assert sent.status_code == 422
    assert "请给新的一条写一个编号" in page or "还差几项" in page
    assert 'value="没有编号的奖"' in page
    emptied = edit(client, draft.contest, "units", "units", "entries", **{"v-cite": " "})
    assert "“出处”不能空着" in emptied.content.decode()
    assert versions.newest(draft.contest).number == 1


def test_two_who_edit_at_once_lose_nothing(draft: Any, signed_in: Any) -> None:
    client = signed_in(draft.organiser)
    edit(client, draft.contest, "units", "units", "entries", **{"v-min": "2"})
    sent = edit(client, draft.contest, "units", "units", "entries", version="1", **{"v-min": "3"})
    page = sent.content.decode()
    assert sent.status_code == 409
    assert "刚刚保存了第 2 版" in page
    assert 'name="v-min" value="3"' in page
    text = client.post(
        reverse("rulebook-text", args=[draft.contest.slug]),
        {"text": "我写的一份\n", "version": "1"},
    )
    shown = text.content.decode()
    assert text.status_code == 409
    assert "我写的一份" in shown
    assert "现存的第 2 版与您写的" in shown


def test_a_strange_path_is_refused(draft: Any, signed_in: Any) -> None:
    client = signed_in(draft.organiser)
    for path in (
        "nonsense",
        '["nothing"]',
        '{"a": 1}',
        "[1.5]",
        '["units", "entries", "min", "x"]',
    ):
        sent = client.post(
            reverse("rulebook-edit", args=[draft.contest.slug]),
            {"path": path, "version": "1", "step": "units", "do": "save"},
        )
        assert sent.status_code == 422, path
    assert versions.newest(draft.contest).number == 1


def test_the_live_check_says_line_and_mend(draft: Any, signed_in: Any) -> None:
    client = signed_in(draft.organiser)
    url = reverse("rulebook-check", args=[draft.contest.slug])
    sound = versions.newest(draft.contest).text

    def ask(**sent: str) -> Any:
        return client.post(url, json.dumps(sent), content_type="application/json").json()

    assert ask(text=sound) == {"sound": True, "waiting": 15, "problems": []}
    found = ask(text=sound.replace("total: 17100 元", "total: 17000 元"))
    assert [(p["path"], p["message"].split(" ")[0]) for p in found["problems"]] == []
    broken = ask(text=sound + "extra: 1\n")["problems"][0]
    assert (broken["line"], broken["message"]) == (sound.count("\n") + 1, "不认识“extra”")
    card = ask(path=path_of("units", "entries"), do="save", **{"v-min": "三"})
    assert card["problems"][0]["message"] == "“三”不是整数"
    assert versions.newest(draft.contest).number == 1
    assert client.post(url, "[1]", content_type="application/json").status_code == 422


def test_a_text_with_faults_can_be_saved_and_restored(draft: Any, signed_in: Any) -> None:
    client = signed_in(draft.organiser)
    slug = draft.contest.slug
    client.post(reverse("rulebook-text", args=[slug]), {"text": "坏了：\n- x: [", "version": "1"})
    page = client.get(reverse("rulebook", args=[slug])).content.decode()
    assert "表单暂时用不了" in page
    listed = client.get(reverse("rulebook-versions", args=[slug])).content.decode()
    assert "有读不懂处" in listed
    client.post(reverse("rulebook-restore", args=[slug, 1]), {"version": "2"})
    assert versions.newest(draft.contest).text == versions.version(draft.contest, 1).text
    compared = client.get(reverse("rulebook-version", args=[slug, 3]) + "?with=1").content.decode()
    assert "没有不同" in compared
    file = client.get(reverse("rulebook-file", args=[slug, 1]))
    assert file.content.decode() == versions.version(draft.contest, 1).text


@pytest.mark.clause("B18")
@pytest.mark.parametrize("name", ["micro-film-2026.docx", "posters-2026.txt",
                                  "science-articles-2026.html", "speech-final-2026.pdf"])  # fmt: skip
def test_a_notice_becomes_a_contest(db: None, signed_in: Any, admin_user: Any, name: str) -> None:
    client = signed_in(admin_user)
    file = SimpleUploadedFile(name, (NOTICES / name).read_bytes())
    sent = client.post(
        reverse("manage-new"), {"slug": "from-notice", "source": "notice", "file": file}
    )
    assert sent.status_code == 302, sent.content.decode()
    contest = Contest.objects.get(slug="from-notice")
    page = client.get(sent["Location"]).content.decode()
    assert "通知原文" in page
    assert 'class="sentence"' in page
    assert contest.notices.get().name == name
    assert versions.newest(contest).note == f"由通知“{name}”草拟"


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "是空的"), (b"%PDF-1.7 x", "已损坏"), (b"PK\x03\x04" + b"x" * 500, "已损坏")],
)
def test_a_file_that_is_no_notice_is_refused_in_words(
    draft: Any, signed_in: Any, data: bytes, said: str
) -> None:
    client = signed_in(draft.organiser)
    sent = client.post(
        reverse("rulebook-notice", args=[draft.contest.slug]),
        {"file": SimpleUploadedFile("通知.docx", data)},
    )
    assert sent.status_code == 422
    assert said in sent.content.decode()
    assert draft.contest.notices.count() == 0


def test_the_preview_uses_the_real_form_and_sheet(
    draft: Any, collecting: Any, signed_in: Any
) -> None:
    client = signed_in(draft.organiser)
    open_one = client.get(reverse("rulebook-preview", args=[draft.contest.slug])).content.decode()
    assert "填报内容待明确（A9）" in open_one
    page = client.get(reverse("rulebook-preview", args=[collecting.contest.slug])).content.decode()
    assert "作品名称" in page
    assert 'class="score-row"' in page


def test_a_deadline_is_extended_and_everybody_sees_it(
    collecting: Any, signed_in: Any, client: Any
) -> None:
    contest = collecting.contest
    office = signed_in(collecting.organiser)
    closes = rules_of(contest).window.closes
    later = closes.replace(tzinfo=None).replace(hour=18)
    proposal = office.post(
        reverse("amendments-extend", args=[contest.slug]),
        {"window": "submission", "closes": later.isoformat(timespec="minutes"), "follow": "1"},
    )
    assert proposal.status_code == 200
    assert [c.what for c in proposal.context["proposal"].changes] == ["报送 · 截止"]
    assert proposal.context["proposal"].objections == ()
    sent = {
        "text": proposal.context["text"],
        "expected": str(proposal.context["proposal"].base),
        "confirmed": proposal.context["proposal"].fingerprint,
        "reason": "多个科室在抗洪一线",
    }
    url = reverse("amendments-publish", args=[contest.slug])
    refused = office.post(url, sent)
    assert refused.status_code == 422
    assert "多个科室在抗洪一线</textarea>" in refused.content.decode()
    assert office.post(url, {**sent, "notice_number": "宣〔2026〕9号"}).status_code == 302
    contest.refresh_from_db()
    assert rules_of(contest).window.closes == closes.replace(hour=18)
    public = client.get(reverse("contest", args=[contest.slug])).content.decode()
    assert "宣〔2026〕9号" in public
    assert "多个科室在抗洪一线" in public
    contact = signed_in(next(iter(collecting.contacts.values())))
    works = reverse("works", args=[contest.slug])
    assert "规则有变：1 份补充通知" in contact.get(works).content.decode()
    contact.post(reverse("amendments-seen", args=[contest.slug]))
    assert "规则有变" not in contact.get(works).content.decode()
    listed = office.get(reverse("amendments", args=[contest.slug])).content.decode()
    assert "1 位已表示知悉" in listed


def test_a_card_of_an_open_contest_proposes_an_amendment(collecting: Any, signed_in: Any) -> None:
    office = signed_in(collecting.organiser)
    sent = edit(office, collecting.contest, "host", "contacts", 0, **{"v-phone": "0791-12345678"})
    assert [c.after for c in sent.context["proposal"].changes] == ["0791-12345678"]
    assert Amendment.objects.count() == 0
    stranger = signed_in(next(iter(collecting.contacts.values())))
    assert stranger.get(reverse("amendments", args=[collecting.contest.slug])).status_code == 403


def test_the_list_by_edition_and_the_right_to_begin(
    collecting: Any, signed_in: Any, admin_user: Any
) -> None:
    office = signed_in(collecting.organiser)
    slug = collecting.contest.slug
    OfficeRight.objects.all().delete()
    assert "请系统管理员给您开通权限" in office.get(reverse("manage")).content.decode()
    assert office.get(reverse("manage-new")).status_code == 403
    admin = signed_in(admin_user)
    unknown = admin.post(reverse("manage-grant"), {"account": "nobody"})
    assert "没有账号“nobody”" in unknown.content.decode()
    admin.post(reverse("manage-grant"), {"account": collecting.organiser.username})
    sent = office.post(
        reverse("manage-copy", args=[slug]), {"slug": "jx-next", "years": "1", "roster": "1"}
    )
    assert sent.status_code == 302
    page = office.get(reverse("manage")).content.decode()
    assert page.index("第 2 届：") < page.index("第 1 届：")
    questions = office.get(reverse("office-questions", args=["jx-next"])).content.decode()
    assert "上一届的答复" in questions
    admin.post(reverse("manage-end", args=[OfficeRight.objects.get().pk]))
    assert office.get(reverse("manage-new")).status_code == 403


@pytest.mark.parametrize(
    ("source", "sent", "said"),
    [
        ("example", {"example": "../../etc/passwd"}, "没有这份示例规则书"),
        ("file", {}, "请先选择规则书文件"),
        ("file", {"book": SimpleUploadedFile("b.yaml", b"\xff\xfe\x00")}, "不是 UTF-8 文本"),
        ("notice", {}, "请先选择通知文件"),
        ("", {}, "请先选一种开始的办法"),
    ],
)
def test_a_contest_that_cannot_begin_says_why(
    admin_user: Any, signed_in: Any, source: str, sent: dict[str, Any], said: str
) -> None:
    client = signed_in(admin_user)
    answer = client.post(reverse("manage-new"), {"slug": "x-1", "source": source, **sent})
    assert answer.status_code in {404, 422}
    assert said in answer.content.decode()
    assert Contest.objects.count() == 0


def test_an_example_begins_a_contest(admin_user: Any, signed_in: Any) -> None:
    client = signed_in(admin_user)
    sent = {"slug": "hb", "source": "example", "example": "hubei-2025.yaml"}
    assert client.post(reverse("manage-new"), sent).status_code == 302
    assert Contest.objects.get().slug == "hb"


@pytest.mark.parametrize(
    ("name", "most"),
    [("rulebook", 9), ("rulebook-text", 8), ("rulebook-versions", 7), ("rulebook-preview", 9),
     ("amendments", 9)],
)  # fmt: skip
def test_pages_ask_a_bounded_number_of_times(
    collecting: Any, signed_in: Any, name: str, most: int
) -> None:
    client = signed_in(collecting.organiser)
    url = reverse(name, args=[collecting.contest.slug])
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code == 200
    assert len(asked) <= most, [query["sql"][:120] for query in asked]


def titles(tree: dict[str, Any], key: str) -> list[str]:
    return [card.title for card in cards(tree, [key], []) if not card.blank and card.depth == 0]


def test_awards_and_windows_are_called_by_what_they_are_for() -> None:
    tree = {
        "tracks": {"photo": {"name": "摄影类"}},
        "divisions": {"staff": {"name": "教工组"}, "student": {"name": "学生组"}},
        "rounds": {"review": {"name": "评审", "window": "judging"}},
        "votes": {"net": {"name": "网络投票", "window": "voting"}},
        "awards": {
            "first_staff": {"name": "一等奖", "divisions": ["staff"], "tracks": ["photo"]},
            "first_student": {"name": "一等奖", "divisions": ["student"]},
            "first_rest": {"name": "一等奖"},
            "best": {"name": "最佳创意奖", "divisions": ["staff"]},
        },
        "windows": {
            "submission": {"opens": "2030-04-01 00:00"},
            "judging": {"opens": "2030-05-01 00:00"},
            "voting": "待明确 A1",
            "paper": {"kind": "paper"},
            "more": {"name": "补交影片"},
            "strange": {},
        },
    }
    assert titles(tree, "awards") == [
        "一等奖（摄影类、教工组）", "一等奖（学生组）", "一等奖（first_rest）", "最佳创意奖",
    ]  # fmt: skip
    assert titles(tree, "windows") == [
        "报送", "评审", "网络投票", "报送纸质材料", "补交影片", "时间窗：strange",
    ]  # fmt: skip
