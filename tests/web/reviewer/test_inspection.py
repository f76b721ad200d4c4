"""The page of an inspection: who may open it, what stands at which clause, how many statements it costs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from fengcai.apps.assets.models import Asset
from fengcai.apps.entries.models import Entry
from fengcai.apps.people.models import User
from tests.factories.collecting import Collecting
from tests.factories.inspections import PICTURES, looked_at, shaken
from tests.factories.judging import person

ComeIn = Callable[[User], Client]


@pytest.fixture
def film(stage: Collecting, tmp_path: Path) -> Asset:
    """A film that was looked at: it shakes, shows a number, and is black for two seconds."""
    return looked_at(stage.with_film(stage.draft(), tmp_path))


def of_desk(film: Asset) -> str:
    return f"/review/{Entry.objects.get().pk}/files/{film.pk}/"


def of_unit(film: Asset) -> str:
    return f"/works/{Entry.objects.get().pk}/files/{film.pk}/"


def part(page: str, heading: str) -> str:
    """A section of the page, from its heading to the next one."""
    return page[page.index(f'id="h-{heading}">') :].partition("</section>")[0]


def clause(page: str, requirement: str) -> str:
    """A finding on the page, up to the next one."""
    found = page.partition(f'data-requirement="{requirement}"')[2]
    return found.partition('<li class="finding"')[0]


@pytest.mark.clause("B2", "J4")
def test_what_was_noticed_stands_at_its_clause_with_its_moment_and_its_picture(
    stage: Collecting, come_in: ComeIn, film: Asset
) -> None:
    page = come_in(stage.reviewer).get(of_desk(film)).content.decode()
    steady = clause(page, "steady")
    assert "第 0:42–0:45 秒画面抖动明显，请用三脚架重拍，或在剪辑软件里做防抖处理" in steady
    assert f'href="/files/{film.pk}/film#t=42.00" data-seek="42.00" data-player="player"' in steady
    assert f'src="/files/{film.pk}/evidence/shake-1.jpg"' in steady
    assert "有发现，由人判断" in steady and "画面稳定无抖动" in steady
    assert "第 1:40–1:42 秒是黑屏" in part(page, "rest")
    assert 'data-seek="100.00"' not in steady
    checks = part(page, "checks")
    assert "快速检测" in checks
    assert "颤动为画面宽度的 0.31%（达到 0.12% 算抖动）" in checks
    assert "corners followed" not in checks  # how it is done, in English, stands in the facts


def test_the_timeline_has_a_lane_for_what_was_found_and_a_strip_of_the_film(
    stage: Collecting, come_in: ComeIn, film: Asset
) -> None:
    page = come_in(stage.reviewer).get(of_desk(film)).content.decode()
    line = part(page, "timeline")
    assert '<fc-timeline class="reel" for="player" length="240.00" label="时间线">' in line
    names = re.findall(r'class="reel-name">([^<]+)', line)
    assert names == ["要人看", "抖动", "黑屏", "个人信息", "画面"]
    assert 'data-from="42.00" x="17.5%" y="3" width="1.25%"' in line
    assert f'href="/files/{film.pk}/sprite"' in line
    assert "style=" not in line


@pytest.mark.clause("J8")
def test_private_evidence_is_shown_to_the_desk_and_masked_to_the_unit(
    stage: Collecting, come_in: ComeIn, film: Asset
) -> None:
    desk = come_in(stage.reviewer).get(of_desk(film)).content.decode()
    unit = come_in(stage.contacts["心病科"]).get(of_unit(film)).content.decode()
    assert re.findall(r"/evidence/([\w.-]+)", desk) == [PICTURES[0], PICTURES[1]]
    assert re.findall(r"/evidence/([\w.-]+)", unit) == [PICTURES[0], PICTURES[2]]
    assert "含个人信息，只给审核员和组织者看" in desk
    assert "含个人信息" not in unit and "139****2345" in unit


def test_whoever_has_no_business_with_a_work_finds_no_page(
    stage: Collecting, come_in: ComeIn, film: Asset, tmp_path: Path
) -> None:
    judge = person("评委甲")
    for stranger in (stage.contacts["针灸科"], stage.heads["针灸科"], judge):
        browser = come_in(stranger)
        assert browser.get(of_desk(film)).status_code == 404
        assert browser.get(of_unit(film)).status_code == 404
    assert come_in(stage.contacts["心病科"]).get(of_desk(film)).status_code == 404
    assert come_in(stage.organiser).get(of_desk(film)).status_code == 200
    for address in (of_desk(film), of_unit(film)):
        answer = Client().get(address)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (
            302,
            "/accounts/login/",
        )
    mine = Entry.objects.get().pk
    other = stage.with_film(stage.draft("针灸科"), tmp_path)
    assert come_in(stage.reviewer).get(f"/review/{mine}/files/{other.pk}/").status_code == 404


@pytest.mark.parametrize("times", [1, 38])
def test_the_page_costs_the_same_however_much_was_found(
    stage: Collecting, come_in: ComeIn, film: Asset, times: int, django_assert_num_queries
) -> None:
    looked_at(film, shake=shaken(times))
    desk = come_in(stage.reviewer)
    desk.get(of_desk(film))
    with django_assert_num_queries(9):
        page = desk.get(of_desk(film)).content.decode()
    assert page.count('data-seek="') == times
    assert page.count("<summary>其余 26 处</summary>") == (times == 38)


def test_a_file_measured_before_pictures_were_kept_shows_its_moments_without_any(
    stage: Collecting, come_in: ComeIn, film: Asset
) -> None:
    looked_at(film, pictures=False, shake=shaken())
    page = come_in(stage.reviewer).get(of_desk(film)).content.decode()
    assert "第 0:42–0:45 秒画面抖动明显" in page
    assert "/evidence/" not in page


def test_a_file_that_cannot_be_read_says_so_and_keeps_no_empty_parts(
    stage: Collecting, come_in: ComeIn, film: Asset
) -> None:
    told = {"kind": "unknown", "verdict": "unreadable", "measures": {}}
    Asset.objects.update(state="unreadable", trouble="文件不是视频。", facts=told, sprite_key="")
    film.findings.all().delete()
    page = come_in(stage.reviewer).get(of_desk(film)).content.decode()
    assert "文件不是视频。" in page and "收到的文件保留着" in page
    assert re.findall(r'id="h-(\w+)"', page) == []


def test_a_check_that_runs_is_asked_for_again_as_a_part(
    stage: Collecting, come_in: ComeIn, film: Asset
) -> None:
    Asset.objects.update(state="received", facts=None)
    desk = come_in(stage.reviewer)
    page = desk.get(of_desk(film)).content.decode()
    assert f'refresh-url="{of_desk(film)}"' in page and 'refresh-target="#inspection"' in page
    again = desk.get(of_desk(film), headers={"HX-Request": "true"}).content.decode()
    assert again.lstrip().startswith('<div id="inspection"')


@pytest.mark.clause("J4")
def test_the_review_page_shows_the_first_moments_at_the_line_they_belong_to(
    stage: Collecting, come_in: ComeIn, film: Asset
) -> None:
    looked_at(film, shake=shaken(5))
    entry = Entry.objects.get()
    stage.submit(entry)
    stage.confirm(entry)
    page = come_in(stage.reviewer).get(f"/review/{entry.pk}/").content.decode()
    point = page[page.index('id="steady"') :].partition('class="point"')[0]
    assert "第 0:42–0:45、0:47–0:50、0:52–0:55 秒等 5 处画面抖动明显" in point
    assert re.findall(r'data-seek="([\d.]+)" data-player="player"', point) == [
        "42.00",
        "47.00",
        "52.00",
    ]
    assert f'<a href="{of_desk(film)}">另有 2 处</a>' in point
    assert f"/files/{film.pk}/evidence/shake-1.jpg" in point


def test_the_unit_reads_what_to_do_at_the_clause_and_finds_the_rest(
    stage: Collecting, come_in: ComeIn, film: Asset
) -> None:
    page = (
        come_in(stage.contacts["心病科"]).get(f"/works/{Entry.objects.get().pk}/").content.decode()
    )
    steady = clause(page, "steady")
    assert "第 0:42–0:45 秒画面抖动明显，请用三脚架重拍" in steady
    assert f'data-player="film-{film.pk}"' in steady and f'id="film-{film.pk}"' in page
    assert f'href="{of_unit(film)}"' in page
    assert f'href="{of_desk(film)}"' not in page


def test_what_judges_weigh_is_not_the_desks_and_only_the_desk_is_sent_to_judge(
    stage: Collecting, come_in: ComeIn, film: Asset
) -> None:
    desk = come_in(stage.reviewer).get(of_desk(film)).content.decode()
    unit = come_in(stage.contacts["心病科"]).get(of_unit(film)).content.decode()
    asked = re.findall(r'data-requirement="(\w+)"', part(desk, "person"))
    assert "framing" in asked and "short_preferred" not in desk
    assert f'href="/review/{Entry.objects.get().pk}/#steady"' in clause(desk, "steady")
    assert "去判断" not in unit and "/review/" not in unit


def test_the_page_is_sound_markup(stage: Collecting, come_in: ComeIn, film: Asset) -> None:
    page = come_in(stage.reviewer).get(of_desk(film)).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]* src=)", page)
    assert set(re.findall(r'href="#([\w-]+)"', page)) <= {*ids}
