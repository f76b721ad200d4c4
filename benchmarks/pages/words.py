"""The Chinese of a made-up crowd of works: units, titles, synopses, people, what was measured.

Nobody and no hospital here is real. Everything comes from the caller's random numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

THEMES = (
    *("specialty", "tcm", "service", "research_teaching"),
    *("public_welfare", "team", "overall"),
)
PLACES = (
    *(
        "江北院区",
        "江南院区",
        "东湖分院",
        "西山分院",
        "城南社区卫生服务中心",
        "滨江医院",
        "青山医院",
    ),
    *("洪城医院", "梅岭康复医院", "湖口县人民医院", "玉山县中医院", "吉安分院", "宜春分院"),
    *("抚河妇幼保健院", "赣州分院", "上饶分院", "景德镇分院", "萍乡分院", "新余分院", "鹰潭分院"),
)
ROOMS = (
    *("心血管内科", "呼吸与危重症医学科", "消化内科", "神经内科", "内分泌科", "肾病科", "血液科"),
    *("肿瘤科", "风湿免疫科", "普通外科", "骨科", "泌尿外科", "胸外科", "神经外科", "烧伤整形科"),
    *(
        "妇产科",
        "新生儿科",
        "小儿外科",
        "眼科",
        "耳鼻咽喉头颈外科",
        "口腔科",
        "皮肤科",
        "麻醉手术中心",
    ),
    *("急诊医学科", "重症医学科", "感染性疾病科", "精神心理科", "老年医学科", "康复医学科"),
    *("超声医学科", "核医学科", "病理科", "输血科", "消毒供应中心", "门诊部", "护理部", "体检中心"),
    *("中医经典病房", "针灸推拿科", "治未病中心", "血液净化中心（含腹膜透析与血管通路门诊）"),
)
HEADS = (
    *(
        "凌晨三点的",
        "不灭的",
        "一束",
        "听见",
        "守护",
        "我在",
        "看见",
        "与时间赛跑的",
        "这一天，",
        "指尖上的",
    ),
    *(
        "被记住的",
        "三代人的",
        "走进",
        "从一根银针开始：",
        "心跳之间——",
        "最后一班",
        "无声的",
        "温暖的",
    ),
)
TAILS = (
    *(
        "生命接力",
        "长明灯",
        "白衣日记",
        "心电图",
        "重症监护室",
        "回家的路",
        "病房故事",
        "仁心与匠心",
    ),
    *(
        "接诊台",
        "手术室",
        "第一声啼哭",
        "康复之路",
        "药香",
        "师徒",
        "一封感谢信",
        "查房",
        "夜班",
        "微光",
    ),
    *("千里援疆路", "乡村义诊行", "从门诊到家门口的一百公里", "一张处方背后的七次推敲与三次会诊"),
)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余"
GIVEN = "青禾望舒明远若水静姝子衿知行思源嘉言景行怀瑾云开海晏清和予安慕白以宁书言可为立诚守正"
PEOPLE = tuple(
    SURNAMES[n % len(SURNAMES)] + GIVEN[2 * n % len(GIVEN) : 2 * n % len(GIVEN) + 2]
    for n in range(240)
)
POSTS = ("编导", "摄影", "剪辑", "配音", "文案", "出镜", "字幕")
SENTENCES = (
    "作品从一位老病人的复诊说起，跟随科室团队记录了从首诊、会诊到出院随访的完整过程。",
    "镜头没有回避等待与焦虑，也留下了病房里的笑声。",
    "全片以科室三代人的手法传承为线索，展示特色技术如何走进社区。",
    "拍摄历时四个月，所有出镜人员均签署了知情同意书，病历与个人信息已经脱敏。",
    "片中数据来自科室年度总结，由科主任核对。",
    "深夜的急诊大厅里，每一次抢救都是一次与时间的赛跑。",
    "我们希望观众看到的不只是技术，还有技术背后的人。",
)
COMMENTS = (
    *("", "", "", "立意好，节奏略慢。", "镜头语言成熟，人物立得住。", "结尾可再收一收。"),
    *("声音处理干净，字幕规范。", "选材有特色，建议补充科室数据的出处。"),
)


def units(chance: Random, taken: set[str]) -> Iterator[str]:
    """Names that no unit has yet; 800 and more of them."""
    names = [f"{place}{room}" for place in PLACES for room in ROOMS]
    chance.shuffle(names)
    yield from (name for name in names if name not in taken)


def title(chance: Random, unit: str) -> str:
    """A title; one of a hundred is missing still, a few are long."""
    luck = chance.random()
    if luck < 0.01:
        return ""
    plain = chance.choice(HEADS) + chance.choice(TAILS)
    return f"{plain}——{unit}“一科一风采”专题纪实" if luck < 0.08 else plain


def fields(chance: Random, unit: str) -> dict[str, Any]:
    """The form as a contact fills it in."""
    crew = chance.sample(PEOPLE, chance.randrange(2, 8))
    return {
        "authors": [{"name": name, "role": chance.choice(POSTS)} for name in crew],
        "contact": f"{unit}联络员 0791-{chance.randrange(80_000_000, 89_999_999)}",
        "synopsis": "".join(chance.sample(SENTENCES, chance.randrange(2, 6))),
    }


def facts(chance: Random, seconds: float) -> dict[str, Any]:
    """What the inspection keeps of a film, in the shape and the size that it has."""
    times = [f"{seconds * n / 60:.3f}" for n in range(60)]
    return {
        "container": "mp4",
        "video": {
            "codec": "h264",
            "width": 1920,
            "height": 1080,
            "fps": chance.choice(("25", "30", "50")),
            "duration_s": f"{seconds}",
            "bit_rate": chance.randrange(4_000_000, 24_000_000),
        },
        "audio": {"codec": "aac", "channels": 2, "sample_rate": 48_000, "loudness_lufs": "-18.4"},
        "pictures": {
            "poster": {"width_px": 960, "height_px": 540, "time_s": times[6]},
            "sprite": {
                "columns": 10,
                "rows": 6,
                "tile_width_px": 160,
                "tile_height_px": 90,
                "times_s": times,
            },
        },
    }


def measured(chance: Random, requirement: str) -> str:
    """What was measured for a requirement of the Jiangxi rulebook."""
    return {
        "container": "mp4",
        "orientation": "1920×1080",
        "resolution": chance.choice(("1920×1080", "3840×2160", "1280×720")),
        "fps": chance.choice(("25 帧/秒", "30 帧/秒", "23.976 帧/秒")),
        "sound": "有声音",
        "duration": f"{chance.randrange(1, 9)} 分 {chance.randrange(60)} 秒",
    }.get(requirement, "")
