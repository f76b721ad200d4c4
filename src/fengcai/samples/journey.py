"""The whole journey without a browser (`./dev demo`): notice → rulebook → works over HTTP through
tus → inspection → review → judging → awards → certificates, against a real server and worker.

No row is made directly for a step that the summary claims; a step that did not happen raises
`JourneyBroken` and the command exits with 1.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx
from django.utils import timezone

from fengcai.apps.audit.queries import verify_chain
from fengcai.apps.awards.actions.certificates import issue_certificates
from fengcai.apps.awards.actions.results import allocate, approve_result, decide_award
from fengcai.apps.awards.queries.certificates import certificates_in
from fengcai.apps.awards.queries.result import result_page
from fengcai.apps.awards.queries.tables import awards_rows, payment_rows, ranking_rows, result_json
from fengcai.apps.contests.queries import rules_of
from fengcai.apps.entries.queries import entry_page
from fengcai.apps.judging.actions.rounds import open_round, seal_round
from fengcai.apps.people.actions import issue_personal_link
from fengcai.apps.publishing.actions import publish_results, publish_works
from fengcai.engines.documents.tables import Sheet, write_xlsx
from fengcai.samples import works
from fengcai.samples.cast import PASSWORD
from fengcai.samples.films import FILMS, Film, make_film
from fengcai.samples.sending import resume_file, send_file
from fengcai.samples.server import running_server
from fengcai.samples.stage import Stage, set_up

Say = Callable[[str], None]
PATIENCE = 180.0
T = TypeVar("T")


class JourneyBroken(Exception):
    """A step of the journey did not happen; the text says which."""


@dataclass
class Sender:
    """Sends files as a signed-in contact does; cuts the first one in the middle."""

    address: str
    cut_next: bool = True
    go_on: bool = True
    """Whether the one that was cut is resumed; if not, `upload` is where it waits."""
    resumed_at: int = 0
    upload: str = ""

    def __call__(self, entry: Any, path: Path, filename: str, by: Any) -> None:
        """Sign in, ask for a grant, send the file; the first one is cut and resumed."""
        with httpx.Client(base_url=self.address, timeout=60, follow_redirects=True) as client:
            come_in(client, by)
            asked = client.post(
                f"/works/{entry.pk}/grant/main",
                headers={
                    "X-CSRFToken": client.cookies["csrftoken"],
                    "Accept": "application/json",
                },
            )
            _must(asked.status_code == 200, f"没有得到上传许可：{asked.text[:200]}")
            grant = asked.json()["grant"]
            if not self.cut_next:
                send_file(client, path, grant=grant, filename=filename)
                return
            half = lambda offset, size: offset * 2 >= size  # noqa: E731
            self.upload = send_file(
                client, path, grant=grant, filename=filename, cut=half, chunk=256 * 1024
            )
        self.cut_next = False
        if not self.go_on:
            return
        with httpx.Client(timeout=60) as another:
            self.resumed_at = resume_file(another, path, httpx.URL(self.address).join(self.upload))
        _must(self.resumed_at > 0, "续传没有从断点接着传")


def come_in(client: httpx.Client, who: Any) -> None:
    """By a personal link, as people without e-mail do."""
    token = issue_personal_link(user=who, by=None, at=timezone.now())
    client.get(f"/enter/{token}/")
    answer = client.post(
        f"/enter/{token}/", data={"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    )
    _must("sessionid" in client.cookies, f"{who} 的个人链接进不去（{answer.status_code}）")


def sign_in(client: httpx.Client, username: str) -> None:
    """By the sign-in page, with the demo password."""
    client.get("/accounts/login/")
    answer = client.post(
        "/accounts/login/",
        data={
            "login": username,
            "password": PASSWORD,
            "csrfmiddlewaretoken": client.cookies["csrftoken"],
        },
    )
    _must("sessionid" in client.cookies, f"{username} 登录失败（{answer.status_code}）")


def run(out: Path, *, films: Path, say: Say) -> dict[str, Any]:
    """Walk the journey; write everything into `out`. Returns the summary. Raises `JourneyBroken`."""
    out.mkdir(parents=True, exist_ok=True)
    stage = _set_up(say)
    contest, rules = stage.contest, rules_of(stage.contest)
    with running_server() as address:
        sender = Sender(address)
        accepted = _enter(stage, films, sender, out, say)
        say(f"首个文件在中途断开后，从第 {sender.resumed_at:,} 字节接着传完")
        at = _judge(stage, say)
        award(stage, at)
        say("按规则分配 10 个名次奖；3 个单项奖由委员会决定并记录理由；结果已批准")
        issue_certificates(contest=contest, by=stage.organiser, at=at, site=address)
        rows = wait_for(
            lambda: certificates_in(contest=contest, user=stage.organiser),
            lambda rows: bool(rows) and all(row.ready for row in rows),
            "证书没有生成",
        )
        publish_works(contest=contest, entries=accepted, by=stage.organiser, at=at)
        publish_results(contest=contest, by=stage.organiser, at=at)
        _collect_over_http(address, stage, rows, out)
    page = result_page(contest=contest, user=stage.organiser)
    _must(page is not None and page.approved, "结果没有批准")
    _write_tables(page, out)
    chain = verify_chain(contest.chain)
    _must(chain.ok, f"审计链不完整：{chain}")
    money = page.awarded  # type: ignore[union-attr]
    _must(money == Decimal(17100), f"奖金合计 {money}，应为 17100")
    summary = {
        "contest": contest.title,
        "rules": rules.hash,
        "works_accepted": len(accepted),
        "certificates": len(rows),
        "money": str(money),
        "audit_records": chain.length,
        "audit_head": chain.head,
    }
    (out / "summary.json").write_text(
        json.dumps(summary, ensure_ascii=False, indent=2) + "\n", "utf-8"
    )
    return summary


def _set_up(say: Say) -> Stage:
    now = timezone.now()
    stage = set_up(
        slug="demo",
        book="jiangxi-2026.yaml",
        answers="jiangxi-2026.yaml",
        label="演示",
        shift_days=shift_to_close_in(10, now),
        at=now,
    )
    say(f"规则书生效：{stage.contest.title}，{len(stage.units)} 个科室入册")
    return stage


def shift_to_close_in(days: int, now: datetime) -> int:
    """By how many days the notice's windows move so that submission closes in about `days`."""
    closes = datetime.fromisoformat("2026-04-30T17:00:00+08:00")
    return (now - closes).days + 1 + days


def _enter(stage: Stage, films: Path, send: Sender, out: Path, say: Say) -> list[Any]:
    """Every film: draft, upload, inspection, submission, confirmation, review. A film that breaks
    a clause is returned; the portrait one is mended with a clean file and comes back."""
    accepted, returned = [], []
    inspections = out / "inspection"
    inspections.mkdir(exist_ok=True)
    mender = next(film for film in FILMS if film.fault is None)
    for film in FILMS:
        entry = _one(stage, film, films, send, inspections)
        if works.review(stage, entry.pk, at=timezone.now(), mend=timedelta(days=3)):
            accepted.append(entry.pk)
            continue
        returned.append(film)
        if film.fault == "portrait":
            _send_and_wait(stage, film, entry, _file(mender, films), send, inspections)
            works.submit_and_confirm(stage, film, entry.pk, at=timezone.now())
            again = works.review(stage, entry.pk, at=timezone.now(), mend=timedelta(days=3))
            _must(again, f"《{film.title}》改好后没有通过审核")
            accepted.append(entry.pk)
    say(f"{len(FILMS)} 件作品经 tus 上传并检查；退回 {len(returned)} 件，其中 1 件改好再报")
    faults = {film.fault for film in returned}
    _must(
        faults == {"portrait", "p720", "fps24", "silent", "rotated"}, f"应退回的没有退回：{faults}"
    )
    say(f"审核通过 {len(accepted)} 件")
    return accepted


def _one(stage: Stage, film: Film, films: Path, send: Sender, inspections: Path) -> Any:
    entry = works.draft(stage, film, at=timezone.now())
    _send_and_wait(stage, film, entry, _file(film, films), send, inspections)
    works.submit_and_confirm(stage, film, entry.pk, at=timezone.now())
    return entry


def _send_and_wait(
    stage: Stage, film: Film, entry: Any, path: Path, send: Sender, inspections: Path
) -> None:
    contact = stage.contacts[film.unit_name]
    send(entry, path, film.file_name, contact)
    page = wait_for(
        lambda: entry_page(entry_id=entry.pk, user=contact),
        lambda page: "main" in page.current and not page.current["main"].file.running,
        f"《{film.title}》没有检查完",
    )
    version = page.current["main"]
    report = {
        "work": film.title,
        "unit": film.unit_name,
        "version": version.number,
        "sha256": version.file.sha256,
        "state": version.file.state,
        "facts": version.file.facts,
        "findings": [
            {
                "requirement": f.requirement,
                "verdict": f.verdict,
                "severity": f.severity,
                "measured": f.measured,
                "required": f.required,
                "clause": f"{f.section}“{f.words}”",
            }
            for f in version.file.findings
        ],
    }
    name = f"{film.slug}-v{version.number}.json"
    (inspections / name).write_text(json.dumps(report, ensure_ascii=False, indent=2), "utf-8")


def _file(film: Film, films: Path) -> Path:
    path = films / f"{film.slug}.mp4"
    if not path.exists():
        make_film(film, path)
    return path


def _judge(stage: Stage, say: Say) -> datetime:
    """Judging happens in the round's own window, some days ahead: the actions are told instants in
    it (they take time as an argument), so that no rule is bent. Returns the instant of the seal."""
    rules, by = rules_of(stage.contest), stage.organiser
    rule = rules.rounds[0]
    begins = rules.windows[rule.window or ""].opens
    round = open_round(contest=stage.contest, round_id=rule.id, by=by, at=begins)
    works.judge(stage, round, at=begins + timedelta(hours=1))
    sealed = begins + timedelta(hours=2)
    seal_round(round=round, by=by, at=sealed)
    say(f"{len(stage.judges)} 位评委签承诺、打分、交卷（记在评审期内 {begins:%m-%d}）；本轮已封存")
    return sealed


def award(stage: Stage, at: datetime) -> None:
    """Allocate by the rules, record the committee's decisions on the special awards, approve."""
    contest, by = stage.contest, stage.organiser
    allocate(contest=contest, by=by, at=at)
    page = result_page(contest=contest, user=by)
    _must(page is not None, "没有排名")
    ranked = [row.work.entry_id for row in page.ranking]  # type: ignore[union-attr]
    special = [a for a in rules_of(contest).awards if a.decided_by == "committee"]
    for award, entry in zip(special, ranked, strict=False):
        decide_award(
            contest=contest,
            award_id=award.id,
            entries=[entry],
            reason=f"评审委员会集体评议：该作品最能体现{award.name}的要求。",
            minutes="评审委员会会议纪要〔演示〕第 1 号",
            by=by,
            at=at,
        )
    allocate(contest=contest, by=by, at=at)
    approve_result(contest=contest, by=by, at=at)


def _collect_over_http(address: str, stage: Stage, rows: list[Any], out: Path) -> None:
    """Fetch every certificate as the office does, and open its public verification page."""
    folder = out / "certificates"
    folder.mkdir(exist_ok=True)
    with httpx.Client(base_url=address, timeout=60, follow_redirects=True) as client:
        sign_in(client, stage.organiser.username)
        for row in rows:
            answer = client.get(f"/certificates/{row.id}.pdf")
            _must(answer.content.startswith(b"%PDF-"), f"证书 {row.number} 取不到")
            (folder / f"{row.number}.pdf").write_bytes(answer.content)
            seen = httpx.get(f"{address}/verify/{row.id}", timeout=60)
            _must(seen.status_code == 200 and row.number in seen.text, f"{row.number} 核验不到")


def _write_tables(page: Any, out: Path) -> None:
    (out / "result.json").write_bytes(result_json(page))
    ranking = ranking_rows(page)
    with (out / "ranking.csv").open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(ranking.headers)
        writer.writerows(ranking.rows)
    sheets = [
        Sheet(title, table.headers, table.rows)
        for title, table in (
            ("获奖名单", awards_rows(page)),
            ("奖金发放表", payment_rows(page)),
            ("全部排名", ranking),
        )
    ]
    (out / "awards.xlsx").write_bytes(write_xlsx(sheets))


def wait_for(ask: Callable[[], T], ready: Callable[[T], bool], otherwise: str) -> T:
    """Ask until the answer is ready, for three minutes. Raises `JourneyBroken` with `otherwise`."""
    until = time.monotonic() + PATIENCE
    while True:
        answer = ask()
        if ready(answer):
            return answer
        _must(time.monotonic() < until, f"{otherwise}（等了 {PATIENCE:.0f} 秒）")
        time.sleep(0.3)


def _must(happened: bool, otherwise: str) -> None:
    if not happened:
        raise JourneyBroken(otherwise)
