"""One contest walked through by every role in a real browser, from sign-in to the certificate's
verification page, with a real film whose upload is cut by kill -9 of the web server.

Real pages, server, worker, files. Only the other units' works and the other judges' marks are
prepared by script, and the clock of the house is moved on once, between submission and judging.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.journeys.premises import Premises
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

SLUG = "whole"
UNIT = "心病科"
TITLE = "心跳的守护"
SYNOPSIS = "从一张心电图开始，讲述科室如何用中西医结合的办法守护每一次心跳。"
FILE_NAME = "心病科+一科一风采视频大赛.mp4"
ONE_SECOND_OF_UPLOAD = 160 * 1024


@pytest.mark.clause("U1", "U2", "U5", "J1", "B7")
def test_a_contest_from_sign_in_to_the_certificate_s_verification(
    browser: Browser, premises: Premises, films: dict[str, Path], tmp_path: Path
) -> None:
    house = premises.stage("contest", slug=SLUG, works_in=10, film=films["other"])
    assert len(house["accepted"]) == 10

    before = the_board_says(browser, premises, house, "未报送")
    contact_enters_a_work(browser, premises, films["own"], tmp_path)
    head_confirms(browser, premises)
    reviewer_accepts(browser, premises, house["reviewer"], house["password"])
    after = the_board_says(browser, premises, house, "已报送")
    assert before == {"sum": 10, "bar": 10, "missing": after["missing"] + 1}
    assert (after["sum"], after["bar"]) == (11, 11)
    organiser_may_not_begin_unawares(browser, premises, house["organiser"], house["password"])

    premises.move_clock(days=18)
    organiser_opens_the_round(browser, premises, house["organiser"], house["password"])
    judge_marks(browser, premises, house["password"])
    number = organiser_awards_and_publishes(
        browser, premises, house["organiser"], house["password"]
    )
    public_sees_why(browser, premises)
    contact_downloads_and_anybody_verifies(browser, premises, number, tmp_path)
    assert premises.stage("chain", slug=SLUG)["ok"] is True


def the_board_says(
    browser: Browser, premises: Premises, house: dict[str, Any], standing: str
) -> dict[str, int]:
    """The coverage board, picture and table: how the unit stands, and how many have handed in."""
    officer = Visitor(browser, premises.address, "officer at the board")
    officer.sign_in(house["organiser"], house["password"])
    page = officer.page
    page.goto(f"/c/{SLUG}/office/?show=all#units")
    officer.look(f"coverage board, {standing}")
    row = page.locator("#units tbody tr").filter(has=page.get_by_role("rowheader", name=UNIT))
    expect(row.get_by_text(standing, exact=True)).to_be_visible()
    bars = " ".join(page.locator("#cover-class + ol svg.cover-bar title").all_text_contents())
    found = {
        "sum": int(page.locator("#board .cover-sum strong").nth(1).inner_text()),
        "bar": sum(map(int, re.findall(r"已报 (\d+) 个", bars))),
        "missing": sum(map(int, re.findall(r"未报 (\d+) 个", bars))),
    }
    officer.leave()
    return found


def contact_enters_a_work(browser: Browser, premises: Premises, film: Path, tmp_path: Path) -> None:
    """By phone: personal link, draft that saves itself, the cut upload, findings, submission."""
    contact = Visitor(browser, premises.address, "contact", phone=True)
    page = contact.page
    contact.come_in(premises.stage("link", username="xnk-lly")["path"])
    contact.look("my things")
    page.locator(f'.contest-row a[href="/c/{SLUG}/works/"]').click()
    contact.look("my works, none")
    page.get_by_role("button", name=re.compile("报送一件")).click()
    contact.look("empty draft")

    saved = page.locator("[data-saved]")
    page.get_by_label(re.compile("^作品名称")).fill(TITLE)
    page.get_by_label("第 1 位姓名").fill("编导甲")
    page.get_by_label(re.compile("^作品简介")).fill(SYNOPSIS)
    page.locator("#contact").fill("心病科联络员 0791-0000000")
    page.get_by_role("radio", name=re.compile("医疗服务类")).check()
    expect(saved).to_contain_text("已保存")
    page.wait_for_function("() => !document.querySelector('[data-state=unsaved]')")
    page.reload()
    expect(page.get_by_label(re.compile("^作品名称"))).to_have_value(TITLE)
    expect(page.get_by_label("第 1 位姓名")).to_have_value("编导甲")
    expect(page.get_by_label(re.compile("^作品简介"))).to_have_value(SYNOPSIS)
    expect(page.get_by_role("radio", name=re.compile("医疗服务类"))).to_be_checked()

    own = tmp_path / FILE_NAME
    own.write_bytes(film.read_bytes())
    sha256 = hashlib.sha256(own.read_bytes()).hexdigest()
    the_upload_survives_the_server_s_death(contact, premises, own)

    findings = page.locator(".findings .finding[data-verdict=pass]")
    expect(findings.first).to_be_visible()
    resolution = findings.filter(has_text="分辨率不低于 1920×1080")
    expect(resolution.locator("details.cite summary")).to_have_text(re.compile("依据四（一）"))
    known = premises.stage("film-of", slug=SLUG, unit=UNIT, username="xnk-lly")
    assert known["sha256"] == sha256
    assert known["size"] == own.stat().st_size
    assert known["filename"] == FILE_NAME
    assert known["versions"] == 1
    assert known["verdicts"]["resolution"] == "pass"
    assert known["verdicts"]["orientation"] == "pass"
    contact.look("draft with its film")
    page.get_by_role("link", name="登记出镜人员").click()
    contact.look("people on screen, nobody said yet")
    page.get_by_role("button", name="没有可辨认的人").click()
    contact.done("没有可辨认的人")
    page.get_by_role("link", name=f"《{TITLE}》").click()

    page.get_by_role("button", name="提交作品").click()  # without a promise: refused, all kept
    expect(page.locator(".form-errors")).to_be_visible()
    expect(page.get_by_label(re.compile("^作品简介"))).to_have_value(SYNOPSIS)
    contact.errors[:] = [line for line in contact.errors if "422" not in line]
    contact.look("refused submission")
    for promise in page.locator("#promises input[type=checkbox]").all():
        promise.check()
    page.get_by_label("承诺人姓名").fill("心病科联络员")
    page.get_by_role("button", name="提交作品").click()
    contact.done("作品已提交")
    expect(page.get_by_role("heading", name="等待负责人确认")).to_be_visible()
    contact.look("submitted")
    contact.leave()


def the_upload_survives_the_server_s_death(
    contact: Visitor, premises: Premises, film: Path
) -> None:
    """Throttled, killed at about half, restarted; the page goes on by itself from where it was."""
    page = contact.page
    sent: list[tuple[str, str]] = []
    offsets: list[int] = []

    def note(response: Response) -> None:
        request = response.request
        if "/uploads/" not in request.url:
            return
        sent.append((request.method, request.headers.get("upload-offset", "")))
        if request.method == "HEAD" and response.ok:
            offsets.append(int(response.headers["upload-offset"]))

    page.on("response", note)
    wire = contact.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": ONE_SECOND_OF_UPLOAD,
        },
    )
    page.locator("fc-upload input[type=file]").set_input_files(film)
    page.wait_for_function(
        "() => Number(document.querySelector('fc-upload [role=progressbar]')"
        ".getAttribute('aria-valuenow')) >= 50"
    )
    with contact.server_away():
        premises.kill_web()
        expect(page.locator("fc-upload .upload-words")).to_contain_text("秒后自动接着传")
        premises.start_web()
        wire.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
        )
        expect(page.locator("fc-upload .upload-words").first).to_contain_text(
            re.compile("已上传|自动接着传")
        )
        page.wait_for_selector(".file-now")
    size = film.stat().st_size
    (resumed,) = offsets
    assert 0 < resumed < size
    assert [each for each in sent if each[0] == "POST"] == [("POST", "")]
    assert sent[-1] == ("PATCH", str(resumed))


def head_confirms(browser: Browser, premises: Premises) -> None:
    """The head of department, by a link of his own."""
    head = Visitor(browser, premises.address, "head", phone=True)
    head.come_in(premises.stage("link", username="xnk-fzr")["path"])
    page = head.page
    page.locator(f'.contest-row a[href="/c/{SLUG}/works/"]').click()
    page.get_by_role("link", name=TITLE).click()
    head.look("confirmation")
    for promise in page.locator("#confirm input[type=checkbox]").all():
        promise.check()
    page.get_by_label("承诺人姓名").fill("心病科负责人")
    page.get_by_role("button", name="确认并送审").click()
    head.done("已确认")
    head.leave()


def reviewer_accepts(browser: Browser, premises: Premises, who: str, password: str) -> None:
    """Every point judged by a person; the work gets its number."""
    reviewer = Visitor(browser, premises.address, "reviewer")
    reviewer.sign_in(who, password)
    page = reviewer.page
    page.goto(f"/c/{SLUG}/review/")
    reviewer.look("review desk")
    page.get_by_role("link", name=TITLE).click()
    reviewer.look("review")
    points = page.locator(".point")
    expect(points.first).to_be_visible()
    for point in points.all():
        point.get_by_role("radio", name="符合", exact=True).check()
    page.get_by_role("button", name="审核通过").click()
    expect(page.get_by_role("button", name="审核通过")).to_have_count(0)
    reviewer.look("after the review")
    reviewer.leave()
    known = premises.stage("film-of", slug=SLUG, unit=UNIT, username="xnk-lly")
    assert known["state"] == "accepted"


def organiser_may_not_begin_unawares(
    browser: Browser, premises: Premises, who: str, password: str
) -> None:
    """While works may still come in, the page says so and asks for a separate yes."""
    organiser = Visitor(browser, premises.address, "organiser, early")
    organiser.sign_in(who, password)
    page = organiser.page
    page.goto(f"/c/{SLUG}/office/")
    organiser.look("office")
    page.goto(f"/c/{SLUG}/office/round/")
    organiser.look("round before it")
    page.get_by_role("button", name="启动评审").click()
    expect(page.locator(".form-errors")).to_contain_text("报送还没有截止")
    expect(page.get_by_label(re.compile("我确认提前启动"))).not_to_be_checked()
    organiser.errors[:] = [line for line in organiser.errors if "status of 4" not in line]
    organiser.look("round, refused")
    organiser.leave()


def organiser_opens_the_round(
    browser: Browser, premises: Premises, who: str, password: str
) -> None:
    """In the time for judging: eleven works, four judges."""
    organiser = Visitor(browser, premises.address, "organiser")
    organiser.sign_in(who, password)
    page = organiser.page
    page.goto(f"/c/{SLUG}/office/round/")
    page.get_by_role("button", name="启动评审").click()
    organiser.done("评审已启动，11 件作品交给评委")
    organiser.look("round under way")
    organiser.leave()


def judge_marks(browser: Browser, premises: Premises, password: str) -> None:
    """The promise, the film beside the sheet, five marks that save themselves, the signature."""
    judge = Visitor(browser, premises.address, "judge")
    judge.sign_in("pw1", password)
    page = judge.page
    page.goto(f"/c/{SLUG}/judge/")
    judge.look("promise")
    expect(page.get_by_role("link", name=TITLE)).to_have_count(0)
    page.get_by_role("textbox", name="签名").fill("评委一（影视创作）")
    page.get_by_role("button", name="签署并进入评审").click()
    judge.done("保密承诺已签署")
    judge.look("stack")
    marked = premises.stage("others-judge", slug=SLUG, browser_judge="pw1", browser_work=TITLE)
    assert marked == {"pw1": 10, "pw2": 10, "pw4": 11, "pw5": 11}

    page.reload()
    page.get_by_role("link", name=TITLE).click()
    plays(page)
    judge.look("room")
    marks = page.locator(".score-row input[type=number]")
    expect(marks).to_have_count(5)
    for mark, value in zip(marks.all(), ("18.5", "19", "17.5", "18", "19.5"), strict=True):
        mark.fill(value)
    expect(page.locator("[data-total]")).to_have_text("92.5")
    expect(page.locator("fc-scoresheet [data-saved]")).to_contain_text("已保存")
    page.get_by_role("button", name=re.compile("^存好")).click()
    expect(page.get_by_text("已评 11 / 11").first).to_be_visible()
    page.goto(f"/c/{SLUG}/judge/review/hand-in/")
    judge.look("hand-in")
    page.get_by_role("textbox", name="签名").fill("评委一（影视创作）")
    page.get_by_role("button", name="签名提交并锁定").click()
    judge.done("已签名提交，评分已锁定")
    page.goto(f"/c/{SLUG}/judge/review/sheets/")
    judge.look("sheets")
    judge.leave()


def plays(page: Page) -> None:
    """The film on the page advances, and it came by byte ranges."""
    statuses: list[int] = []
    page.on(
        "response",
        lambda response: (
            statuses.append(response.status) if response.url.endswith("/film") else None
        ),
    )
    page.reload()
    video = page.locator("video").first
    video.evaluate("video => { video.muted = true; return video.play(); }")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.4")
    assert set(statuses) == {206}
    video.evaluate("video => video.pause()")


def organiser_awards_and_publishes(
    browser: Browser, premises: Premises, who: str, password: str
) -> str:
    """Seal, compute, three decisions, approval, certificates, gallery, results. Returns the number
    of the unit's certificate."""
    organiser = Visitor(browser, premises.address, "organiser")
    organiser.sign_in(who, password)
    page = organiser.page
    page.goto(f"/c/{SLUG}/office/round/")
    organiser.look("round, all handed in")
    page.get_by_role("button", name="封存评审……").click()
    organiser.look("seal dialog")
    page.get_by_role("button", name="封存", exact=True).click()
    organiser.done("评审已封存")
    organiser.look("awards, nothing computed")
    page.get_by_role("button", name="计算评奖结果").first.click()
    organiser.done("已计算")
    owed = page.locator("details.disclosure[id^=award-]")
    expect(owed).to_have_count(3)
    organiser.look("awards, decisions owed")
    for name in ("最佳创意奖", "最佳技术奖", "最佳人文奖"):
        award = owed.filter(has=page.get_by_role("heading", name=name))
        if award.get_attribute("open") is None:
            award.locator("summary").first.click()
        work = award.get_by_label("作品", exact=True)
        option = work.locator("option", has_text=TITLE if name == "最佳人文奖" else "百草有名")
        work.select_option(option.get_attribute("value"))
        award.get_by_label("理由").fill(f"评审委员会集体评议：最能体现{name}的要求。")
        award.get_by_label("会议纪要或记录的编号").fill("评审委员会会议纪要第 1 号")
        award.get_by_role("button", name="记录评定").click()
        organiser.done("评定已记录")
    organiser.look("awards, all decided")
    page.get_by_role("button", name="核定结果……").click()
    expect(page.locator("dialog#approve")).to_contain_text("17,100")
    page.get_by_role("button", name="核定", exact=True).click()
    organiser.done("评奖结果已核定")
    expect(page.locator("tfoot")).to_contain_text("17,100")
    page.get_by_role("button", name="制作 13 张证书").first.click()
    organiser.done("已编号 13 张证书")
    expect(page.locator("#certificate-list")).to_contain_text("有效 13 张，其中 13 张可以下载")
    organiser.look("awards, certificates drawn")
    row = page.locator("#certificate-list tbody tr").filter(has_text="最佳人文奖")
    number = row.locator("th").inner_text().strip()

    page.goto(f"/c/{SLUG}/office/publication/")
    organiser.look("publication before")
    page.get_by_role("checkbox", name="全选未展播的作品").check()
    page.get_by_role("button", name=re.compile("展播所选的")).click()
    organiser.done("11 件作品已在展播")
    page.get_by_role("button", name="公布结果……").click()
    page.get_by_role("button", name="公布", exact=True).click()
    organiser.done("评选结果已公布")
    organiser.look("publication after")
    page.goto(f"/c/{SLUG}/office/audit/")
    organiser.look("audit")
    organiser.leave()
    return number


def public_sees_why(browser: Browser, premises: Premises) -> None:
    """Nobody signed in: every award with its reason; a gallery that plays."""
    reader = Visitor(browser, premises.address, "reader")
    page = reader.page
    page.goto("/")
    reader.look("home")
    page.goto(f"/c/{SLUG}/")
    reader.look("contest")
    page.goto(f"/c/{SLUG}/rules/")
    reader.look("rules")
    page.goto(f"/c/{SLUG}/results/")
    reader.look("results")
    expect(page.get_by_text("13 个奖项，奖金合计").first).to_contain_text("17,100")
    winners = page.locator("article.work")
    expect(winners).to_have_count(13)
    for winner in winners.all():
        expect(winner.locator(".work-text > p:not(.work-meta)")).not_to_be_empty()
    humanistic = winners.filter(has_text="最能体现最佳人文奖的要求")
    expect(humanistic).to_contain_text(TITLE)
    page.goto(f"/c/{SLUG}/gallery/")
    reader.look("gallery")
    expect(page.locator("article.work")).to_have_count(11)
    page.get_by_role("link", name=TITLE).click()
    plays(page)
    reader.look("work")
    reader.leave()


def contact_downloads_and_anybody_verifies(
    browser: Browser, premises: Premises, number: str, tmp_path: Path
) -> None:
    """The unit fetches its own certificate; its verification page says that it is genuine."""
    contact = Visitor(browser, premises.address, "contact again", phone=True)
    contact.come_in(premises.stage("link", username="xnk-lly")["path"])
    page = contact.page
    page.goto(f"/c/{SLUG}/works/")
    contact.look("my works, with certificates")
    line = page.locator("li").filter(has_text=number)
    with page.expect_download() as coming:
        line.get_by_role("link", name=re.compile("最佳人文奖")).click()
    pdf = tmp_path / "certificate.pdf"
    coming.value.save_as(pdf)
    assert pdf.read_bytes().startswith(b"%PDF-")
    address = line.get_by_role("link", name="核验页").get_attribute("href")
    assert address is not None
    contact.leave()

    stranger = Visitor(browser, premises.address, "stranger", phone=True)
    stranger.page.goto(address)
    stranger.look("verification")
    proof = stranger.page.locator(".certificate[data-status=valid]")
    expect(proof).to_contain_text(number)
    expect(proof).to_contain_text(TITLE)
    expect(proof).to_contain_text(hashlib.sha256(pdf.read_bytes()).hexdigest())
    stranger.leave()
