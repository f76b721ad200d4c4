"""Films of the demo's two younger editions, so that none repeats another's, except the one that does
so on purpose.

What is wrong with some of them is told to be found: shaking, a platform's mark, a hum, a work of the
edition before with another title, a title that promises too much. People appear nowhere.
"""

from __future__ import annotations

from fengcai.samples.films.catalogue import FILMS, Film
from fengcai.samples.films.painting.canvas import Palette

JUDGED: tuple[Film, ...] = (
    Film(
        slug="xinbing-2",
        title="胸前的听诊器",
        unit_name="心病科",
        direction="specialty",
        synopsis="一只听诊器用了二十年。跟着它查一次房，听医生说怎样把难懂的心电讲给病人听。",
        lines=("先把听头捂热，再贴近胸口", "听得见节律，也听得见担心"),
        scene="helix",
        beside="silk",
        palette=Palette("#1a0f24", "#40224a", "#8a4f7a", "#ffe4ee", "#ff8aa0"),
    ),
    Film(
        slug="zhenjiu-2",
        title="艾火暖冬",
        unit_name="针灸科",
        direction="tcm",
        synopsis="三九天的灸疗室：选艾、铺姜、点火，一炷艾条的工夫里，老师傅带着徒弟认穴。",
        lines=("铺一层姜末，点一炷艾火", "暖到指尖，寒气慢慢散"),
        scene="steam",
        beside="silk",
        palette=Palette("#2a1408", "#6a3418", "#b8743c", "#fff0d0", "#e8542c"),
    ),
    Film(
        slug="huli-2",
        title="交接班的十分钟",
        unit_name="护理部",
        direction="service",
        synopsis="早上八点，床旁交接。十分钟里核对的每一个数字，都是夜里留给白天的放心。",
        lines=("管路、皮肤，一处处看过", "十分钟交接，一整天放心"),
        scene="blossoms",
        beside="helix",
        palette=Palette("#243a4a", "#4f7a8a", "#a8cfd0", "#f4fbf4", "#f08a7a"),
    ),
    Film(
        slug="erke-2",
        title="不哭的诊室",
        unit_name="儿科",
        direction="service",
        synopsis="雾化面罩画成小恐龙，输液架挂上风铃。儿科把诊室一点点改成孩子愿意进来的样子。",
        lines=("戴上小恐龙，深深吸口气", "风铃响三声，我们就勇敢"),
        scene="blossoms",
        beside="drawers",
        palette=Palette("#2a4a2a", "#5f9a5a", "#b8dc98", "#fffbe0", "#ff9a4a"),
    ),
    Film(
        slug="dangyuan-2",
        title="赶集日",
        unit_name="党员服务办公室",
        direction="public_welfare",
        synopsis="逢五逢十，镇上赶集。志愿队支起桌子量血压，也把慢病随访的本子一页页补齐。",
        lines=("集市支张桌，先量量血压", "本子上记好，下回再来看"),
        scene="drawers",
        beside="blossoms",
        palette=Palette("#3a2410", "#7a4f22", "#c89a58", "#fff4d8", "#c8402c"),
    ),
    Film(
        slug="kejiao-2",
        title="一张改了七遍的切片图",
        unit_name="科教处",
        direction="research_teaching",
        synopsis="带教老师和规培学员为一张教学切片图争了三个月。讲教学相长，也讲较真。",
        lines=("红笔圈出来，再改第七遍", "看得清楚了，才讲得明白"),
        scene="helix",
        beside="ripples",
        palette=Palette("#0f1f2a", "#28506a", "#6a9fb8", "#eaf6ff", "#ffc04a"),
    ),
)
"""Works of the edition that is being judged."""

_REPEATED = next(film for film in FILMS if film.slug == "fuke")

COLLECTED: tuple[Film, ...] = (
    Film(
        slug="xinbing-3",
        title="听见心的声音",
        unit_name="心病科",
        direction="specialty",
        synopsis="从听诊器里的第一声，到心脏康复班的最后一课，记录一位病人半年的路。",
        lines=("第一次听诊，他屏住呼吸", "最后一堂课，他走在前头"),
        scene="pulse",
        beside="silk",
        palette=Palette("#0c1a2a", "#1f3a5a", "#4f7fa8", "#e8f4ff", "#ff7a6a"),
    ),
    Film(
        slug="kangfu-3",
        title="重新出发",
        unit_name="康复医学科",
        direction="specialty",
        synopsis="扶杠三十米。治疗师数着步子，病人数着日子，第一次自己走到窗边。",
        lines=("扶杠三十米，一步一步来", "窗边的阳光，他自己走到"),
        scene="ripples",
        beside="helix",
        palette=Palette("#0a2a24", "#1f5f50", "#6ab89a", "#f2ffe8", "#ffb05a"),
    ),
    Film(
        slug="zhiwei-3",
        title="全国第一的膏方，三天根治老胃病",
        unit_name="治未病科",
        direction="tcm",
        synopsis="冬令膏方从开方到收膏的全过程。片子合格，题目写得太满。",
        lines=("文火收膏汁，滴水能成珠", "一人开一方，因人而不同"),
        scene="steam",
        beside="blossoms",
        palette=Palette("#241408", "#5f3a1c", "#a8763f", "#fbe8c0", "#8a3a1c"),
    ),
    Film(
        slug="gushang-3",
        title="手上的功夫",
        unit_name="骨伤科",
        direction="tcm",
        synopsis="小夹板固定的一招一式。没有用三脚架，画面一直在抖。",
        lines=("先摸清骨缝，再顺势一推", "夹板绑四道，松紧要刚好"),
        scene="drawers",
        beside="blossoms",
        palette=Palette("#2a1a12", "#5f4030", "#a87f60", "#f8ead8", "#d8a05a"),
        fault="shaky",
    ),
    Film(
        slug="jianyan-3",
        title="显微镜下的一天",
        unit_name="检验科",
        direction="research_teaching",
        synopsis="从采血管到报告单。先发过短视频平台，再下载回来报送，带着平台的标识。",
        lines=("一管血样里，藏着很多话", "数值有高低，结论要慎重"),
        scene="helix",
        beside="blossoms",
        palette=Palette("#10142e", "#2a3a6a", "#6a86c0", "#eef2ff", "#ffb86a"),
        fault="watermark",
    ),
    Film(
        slug="jizhen-3",
        title="绿色通道",
        unit_name="急诊医学科",
        direction="team",
        synopsis="从救护车门打开的那一刻算起。话筒离电源太近，全片有嗡嗡声。",
        lines=("车门一打开，秒表就按下", "每个人在位，每一步不等"),
        scene="silk",
        beside="drawers",
        palette=Palette("#0f1a1a", "#2a4a48", "#6a9a90", "#eefaf2", "#ff6a4a"),
        fault="hum",
    ),
    Film(
        slug="fuke-3",
        title="又一年花信",
        unit_name="妇科",
        direction="overall",
        synopsis="换了题目、加了角标，画面和解说还是上一届那部。",
        lines=_REPEATED.lines,
        scene=_REPEATED.scene,
        beside=_REPEATED.beside,
        palette=_REPEATED.palette,
        fault="copy",
        copied=_REPEATED.slug,
        crf=_REPEATED.crf,
    ),
)
"""Works of the edition that is collecting."""
