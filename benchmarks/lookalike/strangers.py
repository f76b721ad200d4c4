"""How often two works that share nothing are told to be alike, over 300 000 pairs of each kind.

Each work goes the whole way of the product: the index proposes, the comparison decides; a pair that is
not proposed is told to nobody. Texts are compared each with each. 776 works make 300 700 pairs, and none
of them alike bounds the rate below 1 in 100 000. The pairs of one work are not independent of each other:
the bound is that of as many independent ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import cache
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.lookalike import scenes
from benchmarks.lookalike.copying import FONT
from benchmarks.lookalike.counting import false_pairs
from benchmarks.media.clips.worlds import world
from benchmarks.media.sound import music
from fengcai.media import fingerprints
from fengcai.media.fingerprints import Fingerprint, SoundFingerprint, join, text_fingerprint
from fengcai.media.fingerprints.stills import gray_of, still_parts
from fengcai.media.likeness import Index, compare

WORKS = 776
FOUND = ("copy", "shares")
_CANDIDATES = 24
_AT_ONCE = 8


def all_kinds(pool: Executor, works: int = WORKS) -> None:
    """One line for each kind of work."""
    for kind in MADE:
        counted(pool, kind, works)


def counted(pool: Executor, kind: str, works: int) -> None:
    """Make the works of a kind and hold them against each other."""
    prints = [fingerprints.read(data) for data in _made(pool, kind, works)]
    if kind == "texts":
        pairs, proposed = list(combinations(range(works), 2)), works * (works - 1) // 2
    else:
        pairs = _proposed(prints)
        proposed = len(pairs)
    verdicts = Counter[str]()
    step = max(1, len(pairs) // 64)
    parts = [pairs[at : at + step] for at in range(0, len(pairs), step)]
    for part in pool.map(_judged, [[(prints[i], prints[j]) for i, j in part] for part in parts]):
        verdicts.update(part)
    false_pairs(f"lookalike.false_pairs.{kind}", sum(verdicts[v] for v in FOUND),
                works * (works - 1) // 2, works=works, compared=proposed,
                template=verdicts["template"])  # fmt: skip


def _made(pool: Executor, kind: str, works: int) -> Iterator[bytes]:
    numbers = [range(at, min(at + _AT_ONCE, works)) for at in range(0, works, _AT_ONCE)]
    for part in pool.map(_several, [kind] * len(numbers), numbers):
        yield from part


def _several(kind: str, numbers: range) -> list[bytes]:
    cv2.setNumThreads(1)
    return [MADE[kind](number) for number in numbers]


def _proposed(prints: list[Fingerprint]) -> list[tuple[int, int]]:
    """Pairs that the index proposes to either of the two."""
    index = Index()
    for number, print_ in enumerate(prints):
        index.add(number, print_)
    pairs = {
        (min(number, each.work), max(number, each.work))
        for number, print_ in enumerate(prints)
        for each in index.candidates(print_, most=_CANDIDATES)
        if each.work != number
    }
    return sorted(pairs)


def _judged(pairs: list[tuple[Fingerprint, Fingerprint]]) -> Counter[str]:
    return Counter(compare(a, b).verdict for a, b in pairs)


# -- works that share nothing ---------------------------------------------------------------------


def film(number: int) -> bytes:
    """Six seconds of a facade of its own, in two shots."""
    rng = np.random.default_rng([number, 51])
    painting = scenes.FAMILIES["streets"](rng)
    shots = [
        scenes.Shot(painting, 3, x, 320, float(rng.uniform(430, 520)),
                    (float(rng.uniform(-25, 25)), 0, float(rng.uniform(-8, 8))))
        for x in (270.0, 830.0)
    ]  # fmt: skip
    return scenes.fingerprint(scenes.pictures(shots, np.arange(0, 6.0)))


def photo(number: int) -> bytes:
    """A still of one of five makings in turn: facades, leaves, rooms, other leaves, a printed page."""
    rng = np.random.default_rng([number, 63])
    making = number % 5
    if making < 2:
        painted = scenes.FAMILIES[("streets", "leaves")[making]](rng)
        gray = painted[40:600, 60:1040]
    elif making < 4:
        rgb = world("AB"[making - 2], 920_000 + number, 800, 600)  # type: ignore[arg-type]
        gray = np.asarray(Image.fromarray(rgb).convert("L"))
    else:
        gray = page(rng)
    return join(**still_parts(gray_of(Image.fromarray(gray))))


def page(rng: np.random.Generator) -> NDArray[np.uint8]:
    """A page of Chinese in one of three layouts, always the same type: the hardest strangers there are."""
    layout, size = int(rng.integers(3)), 26
    sheet = Image.new("L", (640, 900), int(rng.integers(225, 256)))
    drawn = ImageDraw.Draw(sheet)
    font, heading = ImageFont.truetype(FONT, size), ImageFont.truetype(FONT, 44)
    signs = _signs()
    top = 130 if layout else 60
    if layout:
        drawn.text((60, 50), "".join(rng.choice(signs, 9)), font=heading, fill=20)
    if layout == 2:
        drawn.rectangle((0, 0, 640, 30), fill=90)
    for line in range((860 - top) // 40):
        drawn.text((60, top + 40 * line), "".join(rng.choice(signs, 20)), font=font, fill=30)
    return np.asarray(sheet)


@cache
def _signs() -> NDArray[np.str_]:
    """Signs as often as they stand in many synopses."""
    return np.array(list("".join(synopsis(number) for number in range(60))))


def text(number: int) -> bytes:
    """A synopsis of its own on the subject that all of them have."""
    return join(text=text_fingerprint(synopsis(number)))


def synopsis(number: int) -> str:
    """Six sentences: half of their words are a hospital's, the same few hundred for everybody and the
    usual ones most often; the others are any nouns and verbs, as often as people use them."""
    rng = np.random.default_rng([number, 59])
    nouns, verbs = _words("n"), _words("v")
    said = []
    for _ in range(6):
        own = [_HOSPITAL[min(len(_HOSPITAL) - 1, int(rng.exponential(70)))] for _ in range(3)]
        other = [str(rng.choice(words, p=odds)) for words, odds in (nouns, verbs, nouns)]
        said.append(f"{own[0]}的{other[0]}{other[1]}{own[1]}，{own[2]}{other[2]}")
    return "。".join(said)


@cache
def _words(kind: str) -> tuple[NDArray[np.str_], NDArray[np.float64]]:
    """Words of a kind from jieba's dictionary with their odds."""
    import jieba  # type: ignore[import-untyped]

    rows = (row.split() for row in jieba.get_dict_file().read().decode().splitlines())
    kept = [(word, int(often)) for word, often, of in rows if of == kind and 2 <= len(word) <= 4]
    words, often = zip(*sorted(kept, key=lambda row: -row[1])[:6000], strict=True)
    odds = np.sqrt(np.array(often, dtype=np.float64))
    return np.array(words), odds / odds.sum()


_SAID = (
    "患者 医生 护士 病房 手术 科室 医院 家属 主任 护理 门诊 急诊 诊疗 健康 "
    "生命 守护 康复 治疗 团队 病人 检查 抢救 手术室 夜班 坚守 白衣 天使 医患 "
    "温暖 责任 使命 初心 仁心 救治 心脏 血压 针灸 中药 推拿 药房 检验 影像 "
    "麻醉 重症 监护 新生儿 产妇 孩子 老人 糖尿病 高血压 肿瘤 骨折 脑卒中 疼痛 "
    "呼吸 输液 采血 消毒 器械 查房 会诊 病历 处方 疫苗 体检 义诊 乡村 社区 "
    "居民 随访 家庭医生 志愿者 科普 饮食 运动 睡眠 心理 疏导 微笑 握手 感谢 "
    "锦旗 清晨 深夜 凌晨 走廊 灯光 口罩 手套 白大褂 听诊器 监护仪 呼吸机 担架 "
    "救护车 电话 微创 内镜 支架 缝合 换药 拆线 出院 入院 陪护 探视 分诊 挂号 "
    "排队 导诊 药师 技师 营养师 保洁 后勤 食堂 传承 师傅 徒弟 经络 穴位 艾灸 "
    "拔罐 煎药 膏方 舌诊 脉诊 养生 预防 筛查 早期 诊断 复发 并发症 感染 发热 "
    "咳嗽 过敏 哮喘 胃镜 肠镜 透析 移植 化疗 放疗 镇痛 分娩 哺乳 早产 牙齿 "
    "近视 听力 皮肤 烧伤 骨科 儿科 妇产科 眼科 口腔科 心内科 神经外科 检验科 "
    "病理科 放射科 药剂科 护理部 院感 质控 绩效"
)
_HOSPITAL = tuple(_SAID.split())


def sound(number: int) -> bytes:
    """Eight seconds: mostly tunes in a key, a tempo and a timbre of their own; bells and hand drums."""
    rng = np.random.default_rng([number, 47])
    rate = 8_000
    if number % 8 == 0:
        rate, wave = 48_000, (music.bells if number % 16 else music.hand_drums)(rng, 8.0)
    else:
        wave = _tune(rng, rate, 8.0)
    maker = SoundFingerprint()
    maker.feed(_Block(np.asarray(wave, dtype=np.float32)[None], rate))
    return join(sound=maker.result())


def _tune(rng: np.random.Generator, rate: int, seconds: float) -> NDArray[np.float32]:
    """Two voices of plucked or blown notes of one scale."""
    total = np.zeros(int(rate * seconds), dtype=np.float32)
    scale = np.array([0, 2, 4, 5, 7, 9, 11] if rng.random() < 0.6 else [0, 3, 5, 7, 10])
    key, beat = rng.integers(48, 66), float(rng.uniform(0.16, 0.42))
    overtones = 1 / np.arange(1, 9) ** rng.uniform(0.6, 2)
    for voice in (0, 12):
        at = 0.0
        while at < seconds - beat:
            length = beat * int(rng.integers(1, 4))
            degree = int(rng.integers(0, 2 * len(scale)))
            hertz = 440 * 2 ** (
                (key + voice + 12 * (degree // len(scale)) + scale[degree % len(scale)] - 69) / 12
            )
            t = np.arange(int(rate * min(length, seconds - at)), dtype=np.float32) / rate
            note = sum(w * np.sin(2 * np.pi * hertz * n * t) for n, w in enumerate(overtones, 1))
            start = int(at * rate)
            total[start : start + len(t)] += note * np.exp(-t * 3)
            at += length
    return 0.4 * total / max(1e-6, float(np.abs(total).max()))


class _Block:
    """What the maker of a sound's fingerprint is fed."""

    def __init__(self, planes: NDArray[np.float32], rate_hz: int) -> None:
        self.planes, self.rate_hz = planes, rate_hz


MADE: dict[str, Callable[[int], bytes]] = {
    "films": film, "photos": photo, "sounds": sound, "texts": text,
}  # fmt: skip
