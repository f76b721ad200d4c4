"""The conductor of `./dev faults`: starts an installation, breaks it under load, counts what is left.

Exits with 1 when anything acknowledged is lost, or anything is there twice or changed.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.faults.acknowledged import Acknowledged
from benchmarks.faults.breaking import Blow, faults, strike
from benchmarks.faults.installation import Installation, small_disk
from benchmarks.faults.sending import Sender, stream
from tooling.steps import Trouble

KINDS = {
    "upload": "上传的文件（逐字节读回）",
    "job": "后台任务（恰好一次）",
    "entry": "作品的操作",
    "draft": "草稿的保存",
    "mark": "评委的评分",
    "audit": "活动记录",
    "chain": "完整的审计链",
}
OF_THE_CONTENT = ("数据库", "审计链", "后台任务")
SETTLING = 240.0
TITLES = {False: "单机（SQLite、本地磁盘、内置队列）", True: "多机（PostgreSQL、Redis、S3）"}


@dataclass
class Outcome:
    """What one scenario came to."""

    many: bool
    blows: list[Blow] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    found: list[dict[str, object]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def of(self, sort: str, **what: object) -> int:
        """How many are lost, or wrong."""
        return sum(
            one["sort"] == sort and all(one.get(k) == v for k, v in what.items())
            for one in self.found
        )


def drill(
    *, many: bool, uploads: int, jobs: int, seconds: float, seed: int, keep: Path | None
) -> Outcome:
    """One scenario from an empty folder to the reckoning."""
    began = time.monotonic()
    outcome = Outcome(many)
    chance = random.Random(f"{seed}-{many}")
    with tempfile.TemporaryDirectory(prefix="fengcai-faults-") as name:
        folder = Path(name)
        with small_disk(folder) as (data, fillable):
            if not fillable:
                outcome.notes.append("磁盘写满：没有做（挂载小磁盘需要 root）")
            all = Installation(folder, data, many=many)
            try:
                all.prepare()
                _under_fire(all, outcome, chance, fillable, uploads, jobs, seconds, seed)
                _settle(all, outcome)
                _reckon(all, outcome)
            finally:
                all.close()
                if keep:
                    shutil.copytree(folder, keep / ("many" if many else "one"), dirs_exist_ok=True,
                                    ignore=shutil.ignore_patterns("data", "postgresql"))  # fmt: skip
    outcome.seconds = time.monotonic() - began
    return outcome


def _under_fire(
    all: Installation, outcome: Outcome, chance: random.Random, fillable: bool,
    uploads: int, jobs: int, seconds: float, seed: int,
) -> None:  # fmt: skip
    staged = all.run("-m", "benchmarks.faults.stage")
    if staged.returncode:
        raise Trouble(f"演练的场景没有布置好：\n{staged.stderr[-2000:]}")
    (all.folder / "plan.json").write_text(staged.stdout)
    plan = json.loads(staged.stdout)
    all.keep_running()
    acting = [sys.executable, "-m", "benchmarks.faults.acting"]
    with (all.folder / "acting.log").open("wb") as log:
        actor = subprocess.Popen(
            [*acting, str(all.folder), str(jobs), str(seconds), str(seed)], env=all.variables,
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        sender = Sender(all.ports, Acknowledged(all.folder / "sending.jsonl"))
        people, sending = stream(
            sender, plan["grants"], count=uploads, seconds=seconds * 0.9, seed=seed
        )
        known = faults(many=all.many, disk=fillable)
        order: list = []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(chance.uniform(0.5, 3.5))
            order = order or chance.sample(known, len(known))  # each as often as the others
            outcome.blows.append(strike(all, order.pop(), chance))
        for person in people:
            person.join(240)
        (all.folder / "stop").touch()
        _wait(actor, 120)
        if sending() or actor.returncode:
            outcome.notes.append("还有上传或操作没有结束")
        outcome.found += [
            {"kind": "upload", "sort": "wrong", "what": text, "at": 0.0} for text in sender.given_up
        ]
        outcome.notes.append(f"上传被打断后接着传：{sender.interruptions} 次")
    finally:
        if actor.poll() is None:
            actor.kill()
            actor.wait()


def _wait(actor: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for its end; when it does not come, have it say in its log where its threads are."""
    try:
        actor.wait(seconds)
    except subprocess.TimeoutExpired:
        actor.send_signal(signal.SIGUSR1)
        time.sleep(1)
        raise Trouble("操作流没有结束；它停在哪里，见 --keep 目录中的 acting.log") from None


def _settle(all: Installation, outcome: Outcome) -> None:
    """Wait until nothing is under way."""
    until = time.monotonic() + SETTLING
    left: dict[str, int] = {}
    while time.monotonic() < until:
        all.keep_running()
        asked = all.run("-m", "benchmarks.faults.reckoning", "settled")
        left = json.loads(asked.stdout) if asked.returncode == 0 else {"?": 1}
        if not any(left.values()):
            return
        time.sleep(1)
    outcome.notes.append(f"{SETTLING:.0f} 秒内没有办完：{left}")


def _reckon(all: Installation, outcome: Outcome) -> None:
    reckoned = all.run("-m", "benchmarks.faults.reckoning", str(all.folder))
    if reckoned.returncode:
        raise Trouble(f"没有能够清点：\n{reckoned.stderr[-2000:]}")
    told = json.loads(reckoned.stdout)
    outcome.counted.update(told["counted"])
    outcome.found += told["faults"]
    doctor = all.run("-m", "fengcai.cli", "doctor", "--json")
    for finding in json.loads(doctor.stdout or "[]"):
        if finding["state"] == "bad" and finding["subject"] in OF_THE_CONTENT:
            outcome.found.append(
                {"kind": "doctor", "sort": "wrong", "at": 0.0,
                 "what": f"doctor：{finding['subject']}：{finding['text']}"}
            )  # fmt: skip
    if all.restarts:
        outcome.notes.append(f"进程自行退出后由服务管理重新启动：{all.restarts} 次")


def table(outcome: Outcome) -> str:
    """The faults, how often, and what was lost nearest to each; then what was counted."""
    lines = [f"{TITLES[outcome.many]}，{outcome.seconds:.0f} 秒", ""]
    lines.append(_row("故障", "次数", "丢失", "出错"))
    nearest = [(_nearest(outcome, one), one["sort"]) for one in outcome.found]
    tally: Counter[tuple[str, object]] = Counter(nearest)
    titles = dict.fromkeys(blow.fault.title for blow in outcome.blows)
    for title in sorted(titles):
        times = sum(blow.fault.title == title for blow in outcome.blows)
        lines.append(_row(title, times, tally[title, "lost"], tally[title, "wrong"]))
    if any(not name for name, _ in tally):
        lines.append(_row("（与时刻无关）", "", tally["", "lost"], tally["", "wrong"]))
    lines += ["", _row("已确认的内容", "件数", "丢失", "出错")]
    kinds = [*KINDS, *sorted({str(one["kind"]) for one in outcome.found} - set(KINDS))]
    for kind in kinds:
        lost, wrong = outcome.of("lost", kind=kind), outcome.of("wrong", kind=kind)
        lines.append(_row(KINDS.get(kind, kind), outcome.counted[kind], lost, wrong))
    lines += ["", *outcome.notes, *[f"✗ {one['what']}" for one in outcome.found[:20]]]
    return "\n".join(lines)


def _nearest(outcome: Outcome, one: dict[str, object]) -> str:
    at = float(str(one["at"]))
    if not at or not outcome.blows:
        return ""
    return min(outcome.blows, key=lambda blow: abs(blow.at - at)).fault.title


def _row(title: str, *cells: object) -> str:
    wide = sum(2 if ord(character) > 0x2E80 else 1 for character in title)
    return title + " " * max(1, 42 - wide) + "".join(f"{cell!s:>8}" for cell in cells)


def main() -> int:
    """Both scenarios; the last line is one of JSON."""
    parser = argparse.ArgumentParser(prog="./dev faults")
    parser.add_argument("--uploads", type=int, default=1_000, help="上传的文件数（默认 1000）")
    parser.add_argument("--jobs", type=int, default=10_000, help="后台任务数（默认 10000）")
    parser.add_argument(
        "--seconds", type=float, default=420, help="在故障下运行多久（默认 420 秒）"
    )
    parser.add_argument("--seed", type=int, default=None, help="随机数种子（默认每次不同）")
    parser.add_argument("--short", action="store_true", help="约一分半钟：60 个文件、600 项任务")
    parser.add_argument("--only", choices=("one", "many"), help="只做单机或只做多机")
    parser.add_argument("--keep", type=Path, help="把记录留在这个目录")
    options = parser.parse_args()
    if options.short:
        options.uploads, options.jobs, options.seconds = 60, 600, 40
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"种子 {seed}：再来一遍用 --seed {seed}", flush=True)
    scenarios = {"one": (False, 1 / 3), "many": (True, 2 / 3)}
    if options.only:
        scenarios = {options.only: (options.only == "many", 1.0)}
    outcomes = []
    for many, share in scenarios.values():
        outcome = drill(
            many=many, uploads=round(options.uploads * share), jobs=round(options.jobs * share),
            seconds=options.seconds * share, seed=seed, keep=options.keep,
        )  # fmt: skip
        print(f"\n{table(outcome)}\n", flush=True)
        outcomes.append(outcome)
    lost, wrong = (sum(one.of(sort) for one in outcomes) for sort in ("lost", "wrong"))
    print(f"丢失 {lost}，出错 {wrong}")
    acknowledged = sum((one.counted for one in outcomes), Counter())
    print(json.dumps({
        "benchmark": "faults", "seed": seed, "blows": sum(len(one.blows) for one in outcomes),
        "acknowledged": dict(acknowledged), "lost": lost, "wrong": wrong,
        "seconds": round(sum(one.seconds for one in outcomes), 1),
    }, ensure_ascii=False))  # fmt: skip
    return 1 if lost or wrong else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        sys.exit(main())
    except Trouble as trouble:
        sys.exit(f"✗ {trouble}")
