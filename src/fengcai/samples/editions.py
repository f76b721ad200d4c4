"""The demo editions (演示): the Jiangxi contest collecting, being judged, and published, each with
its windows moved to fit today; and Hubei with its open questions.

Works of the two later editions were handed in "in the past": the actions are told instants inside
the windows. Loading twice adds nothing.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from fengcai.apps.awards.actions.certificates import issue_certificates
from fengcai.apps.contests.queries import contests, rules_of
from fengcai.apps.entries.actions import hand_over_file
from fengcai.apps.entries.cards import cards
from fengcai.apps.judging.actions.rounds import open_round, seal_round
from fengcai.apps.judging.queries import rounds_of
from fengcai.apps.publishing.actions import publish_results, publish_works
from fengcai.apps.publishing.queries import results_published
from fengcai.apps.refusals import Refused
from fengcai.engines.jobs import run_pending
from fengcai.samples import on_screen, works
from fengcai.samples.cast import PASSWORD, SHOWN_UNIT, demo_logins
from fengcai.samples.films import COLLECTED, FILMS, JUDGED, Film, make_films
from fengcai.samples.journey import award, shift_to_close_in
from fengcai.samples.stage import Stage, set_up

Say = Callable[[str], None]
BOOK = "jiangxi-2026.yaml"
PATIENCE = 300.0  # seconds
LABELS = {
    "collecting": "演示一：正在征集",
    "judging": "演示二：正在评审",
    "published": "演示三：结果已公布",
}

SHOWS = {
    "published": tuple(f for f in FILMS if f.fault in (None, "too_long", "wrong_name")),
    "judging": JUDGED,
    "collecting": (*COLLECTED, *(f for f in FILMS if f.fault in ("portrait", "p720"))),
}
"""The works of each edition. No edition shows another's, so that what is found alike is alike."""


def load_editions(*, say: Say) -> None:
    """Make what is missing of the four demo contests."""
    standing = {contest.slug: contest for contest in contests()}
    wanted = [edition for edition in LABELS if f"jiangxi-{edition}" not in standing]
    for edition, label in LABELS.items():
        half = standing.get(f"jiangxi-{edition}")
        if half is not None and not _whole(edition, half):
            say(f"“{label}”上次没有载入完；要重来，请用 ./dev run --fresh（清空演示数据）")
    if "hubei-2025" not in standing:
        _hubei()
        say("湖北赛事：规则书已载入，待明确的问题列在活动页")
    if not wanted:
        say("演示活动已经在了，不重复载入")
        return
    with tempfile.TemporaryDirectory(prefix="films-") as folder:
        needed = {film.slug: film for edition in wanted for film in SHOWS[edition]}
        made = make_films(list(needed.values()), Path(folder))
        films = {film.slug: path for film, path in made}
        say(f"{len(films)} 部样例影片已当场制作")
        for edition in wanted:
            make = {"collecting": _collecting, "judging": _judging, "published": _published}
            make[edition](films)
            say(f"{LABELS[edition]}")


def _whole(edition: str, contest: Any) -> bool:
    """Whether an edition was loaded to its end, or the loading was broken off."""
    if edition == "published":
        return results_published(contest)
    if edition == "judging":
        return bool(rounds_of(contest))
    return any(card.state == "returned" for card in cards(contest))


def logins() -> Sequence[str]:
    """The demo accounts, a line each."""
    return [
        "演示账号（只在本机可用）：",
        *(f"  {name:<12}{post}" for name, post in demo_logins()),
        f"  密码都是     {PASSWORD}",
    ]


def _hubei() -> None:
    set_up(
        slug="hubei-2025",
        book="hubei-2025.yaml",
        answers=None,
        label="演示：通知待明确",
        shift_days=0,
        at=timezone.now(),
    )


def _edition(name: str, *, closes_in: int, opened: datetime) -> Stage:
    return set_up(
        slug=f"jiangxi-{name}",
        book=BOOK,
        answers=BOOK,
        label=LABELS[name],
        shift_days=shift_to_close_in(closes_in, timezone.now()),
        at=opened,
    )


def _collecting(films: dict[str, Path]) -> None:
    """Some works are drafts, some wait for the head or the review, some were returned; people on screen
    have signed, have yet to, and one took it back."""
    now = timezone.now()
    stage = _edition("collecting", closes_in=9, opened=now - timedelta(days=6))
    chosen = SHOWS["collecting"]
    taken_back = next(f.unit_name for f in chosen if f.unit_name != SHOWN_UNIT and not f.fault)
    for number, film in enumerate(chosen):
        at = now - timedelta(hours=30 - number)
        entry = works.draft(stage, film, at=at)
        _hand_over(stage, film, entry, films[film.slug], at)
        shown, people = film.unit_name == SHOWN_UNIT, film.unit_name in (SHOWN_UNIT, taken_back)
        if people:
            cast = on_screen.CHEERFUL if shown else on_screen.TAKEN_BACK
            on_screen.register(entry.pk, cast, by=stage.contacts[film.unit_name], at=at)
        if not shown:
            works.submit_and_confirm(stage, film, entry.pk, at=at, nobody=not people)
    _inspected(stage)
    returned = next(f for f in chosen if f.fault == "portrait")
    waiting = works.waiting(stage)
    for unit in (returned.unit_name, chosen[1].unit_name):
        works.review(stage, waiting[unit], at=now, mend=timedelta(days=5))


def _judged(name: str, films: dict[str, Path], *, closes_in: int) -> tuple[Stage, Any, list[Any]]:
    """An edition whose works are in and reviewed, with its round open."""
    now = timezone.now()
    stage = _edition(name, closes_in=closes_in, opened=now + timedelta(days=closes_in - 20))
    rules = rules_of(stage.contest)
    at = rules.window.closes - timedelta(days=2)
    entered = []
    for number, film in enumerate(SHOWS[name]):
        when = at + timedelta(minutes=20 * number)
        entry = works.draft(stage, film, at=when)
        _hand_over(stage, film, entry, films[film.slug], when)
        works.submit_and_confirm(stage, film, entry.pk, at=when)
        entered.append(entry.pk)
    _inspected(stage)
    reviewed = rules.window.closes - timedelta(hours=3)
    accepted = [
        pk for pk in entered if works.review(stage, pk, at=reviewed, mend=timedelta(days=3))
    ]
    rule = rules.rounds[0]
    begins = rules.windows[rule.window or ""].opens
    round = open_round(contest=stage.contest, round_id=rule.id, by=stage.organiser, at=begins)
    return stage, round, accepted


def _judging(films: dict[str, Path]) -> None:
    """Three judges have handed in, the fourth is half-way; the shown judge has not begun."""
    stage, round, _ = _judged("judging", films, closes_in=-9)
    stage.judges = stage.judges[1:]
    works.judge(stage, round, at=round.opened_at + timedelta(hours=1), upto=3)


def _published(films: dict[str, Path]) -> None:
    """Sealed, awarded, certified and shown."""
    stage, round, accepted = _judged("published", films, closes_in=-40)
    by, at = stage.organiser, round.opened_at + timedelta(days=8)
    works.judge(stage, round, at=round.opened_at + timedelta(days=2))
    seal_round(round=round, by=by, at=at)
    award(stage, at)
    issue_certificates(contest=stage.contest, by=by, at=at)
    publish_works(contest=stage.contest, entries=accepted, by=by, at=at)
    publish_results(contest=stage.contest, by=by, at=at)
    run_pending(1000)


def _inspected(stage: Stage) -> None:
    """Work the jobs off until every file of the edition is inspected; a worker that runs beside
    us may take some of them. Gives up when none has been finished for long, however many there are."""
    left, until = 0, 0.0
    while running := sum(bool(card.file and card.file.running) for card in cards(stage.contest)):
        if running != left:
            left, until = running, time.monotonic() + PATIENCE
        if not run_pending(1000):
            if time.monotonic() > until:
                raise Refused("样例影片没有检查完；用 fengcai doctor 查看原因。")
            time.sleep(0.2)


def _hand_over(stage: Stage, film: Film, entry: Any, path: Path, at: datetime) -> None:
    with tempfile.TemporaryDirectory(prefix="hand-over-") as folder:
        copy = Path(shutil.copy(path, Path(folder) / "film.mp4"))
        hand_over_file(
            entry_id=entry.pk,
            slot="main",
            path=copy,
            filename=film.file_name,
            by=stage.contacts[film.unit_name],
            began_at=at - timedelta(minutes=4),
            finished_at=at,
        )
