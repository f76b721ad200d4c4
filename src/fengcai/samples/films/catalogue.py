"""The sample works: invented films of a hospital's departments, some breaking one clause each.

People appear nowhere, by name or face; the words are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fengcai.samples.films.painting.canvas import Palette

Fault = Literal[
    "portrait", "p720", "fps24", "silent", "too_long", "rotated", "wrong_name",
    "shaky", "watermark", "hum", "copy",
]  # fmt: skip
Direction = Literal[
    "specialty", "tcm", "service", "research_teaching", "public_welfare", "team", "overall"
]

_SIZES: dict[str | None, tuple[int, int]] = {
    "portrait": (1080, 1920),
    "rotated": (1080, 1920),
    "p720": (1280, 720),
}


@dataclass(frozen=True, kw_only=True)
class Film:
    """One sample work: what its entry form says, and how its picture is made.

    `fault` is the one clause that it breaks, None for a clean work. `lines` are spoken and
    shown as subtitles, phrase by phrase. Shots of `scene` and `beside` take turns.
    """

    slug: str
    title: str
    unit_name: str
    direction: Direction
    synopsis: str
    lines: tuple[str, ...]
    scene: str
    beside: str
    palette: Palette
    fault: Fault | None = None
    crf: int = 28
    copied: str = ""
    """The slug of the work whose pictures and sound it shows again."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as shown."""
        return _SIZES.get(self.fault, (1920, 1080))

    @property
    def fps(self) -> int:
        return 24 if self.fault == "fps24" else 25

    @property
    def file_name(self) -> str:
        """The name it is sent under, by the rule "科室名称+一科一风采视频大赛"."""
        if self.fault == "wrong_name":
            return "最终版(2).mp4"
        return f"{self.unit_name}+一科一风采视频大赛.mp4"


FILMS: tuple[Film, ...] = (
    Film(
        slug="xinbing",
        title="心跳的守护",
        unit_name="心病科",
        direction="specialty",
        synopsis="从一张心电图开始，讲述科室如何用中西医结合的办法守护每一次心跳。",
        lines=("每一次心跳，都有人守护", "从心电图到手心的温度"),
        scene="pulse",
        beside="helix",
        palette=Palette("#0a0a1e", "#1b1338", "#4b2a6a", "#7fd8ff", "#ff4d6d"),
    ),
    Film(
        slug="zhenjiu",
        title="一针一世界",
        unit_name="针灸科",
        direction="tcm",
        synopsis="循经取穴，银针虽小。用星图般的经络，讲清一门古老技艺的今天。",
        lines=("银针虽小，循经而行", "一针之间，自有天地"),
        scene="stars",
        beside="helix",
        palette=Palette("#04151f", "#0b3140", "#1f6b70", "#cfeee6", "#ffcf6b"),
    ),
    Film(
        slug="yaoxue",
        title="百草有名",
        unit_name="药学部",
        direction="tcm",
        synopsis="走进中药房的百子柜，听药师讲每一味药材的来处、炮制与用心。",
        lines=("百子柜里，味味有来处", "修合无人见，存心有天知"),
        scene="drawers",
        beside="steam",
        palette=Palette("#26120a", "#4a2716", "#8a5230", "#f2d9a8", "#d9a441"),
        crf=31,
    ),
    Film(
        slug="zhiweibing",
        title="一碗汤的温度",
        unit_name="治未病科",
        direction="tcm",
        synopsis="一碗汤药从浸泡到温服，是时间与火候，也是未病先防的生活态度。",
        lines=("文火慢煎，等一碗回甘", "未病先防，从日常开始"),
        scene="steam",
        beside="drawers",
        palette=Palette("#20120c", "#5a3420", "#a06a3c", "#f4dcae", "#7a3414"),
    ),
    Film(
        slug="huli",
        title="清晨六点的脚步",
        unit_name="护理部",
        direction="service",
        synopsis="天还没亮，病房的第一轮巡视已经开始。记录护理团队的二十四小时。",
        lines=("天亮之前，她们已经出发", "轻轻的脚步，是最早的问候"),
        scene="mountains",
        beside="blossoms",
        palette=Palette("#3a2036", "#7a4058", "#e09a7c", "#ffe9cc", "#f2683c"),
    ),
    Film(
        slug="jizhen",
        title="灯火不眠",
        unit_name="急诊医学科",
        direction="team",
        synopsis="城市睡了，急诊的灯还亮着。一支团队，一夜，无数次与时间的赛跑。",
        lines=("城市睡了，这盏灯还亮着", "与时间赛跑，我们一起"),
        scene="nightfall",
        beside="helix",
        palette=Palette("#070b1f", "#131c42", "#3a3f7a", "#ffd9a0", "#ff9a4a"),
        crf=31,
    ),
    Film(
        slug="erke",
        title="小小的勇敢",
        unit_name="儿科",
        direction="service",
        synopsis="用孩子的眼睛看医院：把害怕变成游戏，把吃药变成冒险。",
        lines=("把害怕，变成一场冒险", "你看，勇敢会长大"),
        scene="paper_hills",
        beside="blossoms",
        palette=Palette("#1f6f5c", "#39a078", "#8fd0c8", "#fff1cf", "#ff7a59"),
    ),
    Film(
        slug="kangfu",
        title="再走一步",
        unit_name="康复医学科",
        direction="specialty",
        synopsis="从站起来到走出去，一圈圈涟漪记录康复路上每一个微小的进步。",
        lines=("一圈涟漪，就是一次进步", "慢慢走稳了，再走一步"),
        scene="ripples",
        beside="blossoms",
        palette=Palette("#06222b", "#0f4a50", "#4f9a8c", "#e3f1dc", "#e8688a"),
        crf=31,
    ),
    Film(
        slug="jianyan",
        title="看不见的证据",
        unit_name="检验科",
        direction="research_teaching",
        synopsis="一滴血里藏着多少信息？带你走进实验室，看科研攻关与日常检验。",
        lines=("一滴血里，藏着答案", "在看不见的地方求证"),
        scene="helix",
        beside="ripples",
        palette=Palette("#05122b", "#0e2f5a", "#2f7fb8", "#bfe9ff", "#ff9f5a"),
        crf=31,
    ),
    Film(
        slug="dangyuan",
        title="山路尽头的义诊",
        unit_name="党员服务办公室",
        direction="public_welfare",
        synopsis="翻过几道山梁，把门诊开到村口。记录党员志愿服务队的一次义诊。",
        lines=("翻过这道山，就到村口", "把小小门诊，开到乡亲身边"),
        scene="mountains",
        beside="blossoms",
        palette=Palette("#12303a", "#2f6470", "#8fb8b4", "#f3ead6", "#d8432e"),
    ),
    Film(
        slug="fuke",
        title="春天的第一声",
        unit_name="妇科",
        direction="overall",
        synopsis="科室整体风采：以四季花信为线，展示诊疗特色与人文关怀。",
        lines=("每一个春天，都值得等待", "以温柔守候，护每段花期"),
        scene="blossoms",
        beside="ripples",
        palette=Palette("#3a2420", "#7a4a44", "#e9b8b0", "#fdf1e6", "#e8607a"),
        crf=31,
    ),
    Film(
        slug="gushang",
        title="筋骨之间",
        unit_name="骨伤科",
        direction="overall",
        synopsis="手法整复如行云流水。科室业务全景与传承谱系一览。",
        lines=("手随心转，法从手出", "筋骨之间，见真功夫"),
        scene="silk",
        beside="helix",
        palette=Palette("#2a0d12", "#7a1f24", "#d08a4a", "#fbe6b8", "#ffe9b0"),
    ),
    Film(
        slug="tuina",
        title="掌心的方寸",
        unit_name="推拿科",
        direction="tcm",
        synopsis="竖着拍的手法小片，画面很美，可惜不是横版。",
        lines=("方寸之间，以柔克刚",),
        scene="silk",
        beside="helix",
        palette=Palette("#0c1f1a", "#1f4a3c", "#7aa88a", "#f0efd8", "#ffe6a8"),
        fault="portrait",
    ),
    Film(
        slug="feibing",
        title="一呼一吸",
        unit_name="肺病科",
        direction="specialty",
        synopsis="呼吸之间的功课。导出时选了 720P。",
        lines=("一呼一吸，皆是功课",),
        scene="mountains",
        beside="ripples",
        palette=Palette("#0f2338", "#2c5676", "#9cc4d4", "#eef4ee", "#f4b860"),
        fault="p720",
    ),
    Film(
        slug="yingxiang",
        title="光影之间",
        unit_name="放射影像科",
        direction="research_teaching",
        synopsis="读片，也是读人。用电影的 24 帧拍摄。",
        lines=("光影之间，见微知著",),
        scene="helix",
        beside="ripples",
        palette=Palette("#101018", "#23233a", "#6a6aa8", "#e8e8ff", "#6fe0c8"),
        fault="fps24",
    ),
    Film(
        slug="piwei",
        title="四季调和",
        unit_name="脾胃病科",
        direction="overall",
        synopsis="四季饮食与脾胃调养。音轨忘了打开，全片没有声音。",
        lines=("四季有时，饮食有节",),
        scene="blossoms",
        beside="steam",
        palette=Palette("#2c1c10", "#6a4420", "#e0a860", "#fff0cc", "#e87a2c"),
        fault="silent",
    ),
    Film(
        slug="houqin",
        title="院里的四时",
        unit_name="后勤保障部（含膳食营养与院容院貌管理中心）",
        direction="service",
        synopsis="一餐一饭、一草一木，都是守护。片子剪得舍不得删，超过了五分钟。",
        lines=("一餐一饭，皆是照护",),
        scene="paper_hills",
        beside="drawers",
        palette=Palette("#5a3a1f", "#b0703a", "#f0c078", "#fff4dc", "#d8543c"),
        fault="too_long",
        crf=35,
    ),
    Film(
        slug="zhongzheng",
        title="守夜人",
        unit_name="重症医学科",
        direction="team",
        synopsis="重症监护室的一夜。手机竖着拍，旋转标记让它看上去像横版。",
        lines=("长夜里，总有人醒着",),
        scene="nightfall",
        beside="helix",
        palette=Palette("#050f14", "#0e2a33", "#1f5a66", "#d6f2ee", "#58d0c0"),
        fault="rotated",
    ),
    Film(
        slug="kejiao",
        title="传灯",
        unit_name="科教处",
        direction="research_teaching",
        synopsis="师带徒，灯传灯。片子没有问题，只是文件名没有按规范改。",
        lines=("师父带徒弟，一灯传一灯", "一盏一盏，照亮后来人"),
        scene="stars",
        beside="drawers",
        palette=Palette("#140a1f", "#3a1a33", "#8a3f4a", "#ffe3c0", "#ffb347"),
        fault="wrong_name",
    ),
)
