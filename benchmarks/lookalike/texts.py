"""Texts with a truth: synopses put together from sentences, and what a copyist writes instead of them.

Each sentence of a bank stands beside a paraphrase in other words. The banks `wards` (tuning) and
`villages` (reporting) share no sentence.
"""

from __future__ import annotations

import numpy as np

WARDS = (
    ("清晨六点，检验科的灯已经亮了", "早上六点钟，检验科就亮起了灯"),
    ("第一批样本送到，仪器开始运转", "首批样本一到，机器便转了起来"),
    ("年轻的检验师一天要走两万步", "这位年轻检验师每天走两万多步"),
    ("护士长记得每个孩子的生日", "每个孩子过生日的日子，护士长都记得"),
    ("凌晨的急诊室里没有人坐下过", "半夜的急诊室里，谁也没坐下来"),
    ("老主任把三十年的笔记留给了学生", "三十年的笔记，老主任都留给了学生们"),
    ("手术台旁的时钟走过了十二个小时", "手术整整做了十二个小时，墙上的钟看着"),
    ("家属送来一面锦旗和一篮鸡蛋", "病人家里送了锦旗，还提来一篮子鸡蛋"),
    ("她摘下口罩，脸上满是压痕", "口罩一摘，她脸上全是勒出的印子"),
    ("他们用方言安慰着听不懂普通话的老人", "老人听不懂普通话，他们就讲方言安慰"),
    ("药房的窗口每天要发出四千张处方", "每天有四千张处方从药房窗口发出去"),
    ("夜班交接的时候天刚刚亮", "夜班交班时，天才蒙蒙亮"),
)
VILLAGES = (
    ("山路走到第三个弯就没有信号了", "过了山路上第三道弯，手机便没了信号"),
    ("村医的药箱跟了他四十年", "四十年来，那只药箱一直跟着村医"),
    ("巡回医疗车停在祠堂门口的空地上", "医疗车开到祠堂前的空地停下来巡诊"),
    ("老奶奶一早就搬了板凳来排队", "一大早老奶奶便搬来小板凳排上了队"),
    ("义诊的队伍里有刚退休的外科教授", "刚刚退休的外科教授也来参加义诊"),
    ("孩子们第一次看见自己的心电图", "孩子们头一回见到自己的心电图是什么样"),
    ("血压计的袖带换了一条又一条", "血压计袖带一条接一条地换新"),
    ("他背着设备蹚过涨水的小河", "河水涨了，他背起设备蹚了过去"),
    ("远程会诊的屏幕那头是省城的专家", "省城专家坐在远程会诊屏幕的另一头"),
    ("新修的卫生室里终于有了氧气瓶", "卫生室新修好了，氧气瓶总算也配上了"),
    ("签约的家庭医生认得每一条狗", "家庭医生签了约，连各家的狗都认识"),
    ("离开那天全村人都站在桥头", "走的那天，桥头站满了全村的人"),
)
BANKS = {"wards": WARDS, "villages": VILLAGES}
KINDS = ("verbatim", "other marks", "a fifth replaced", "shortened, other order", "paraphrased")
_EACH = 5


def pair(bank: str, kind: str, seed: int) -> tuple[str, str]:
    """Two synopses, the second made from the first; `strangers` share no sentence."""
    rng = np.random.default_rng([seed, len(kind)])
    sentences = BANKS[bank]
    order = rng.permutation(len(sentences))
    mine, other = order[:_EACH], order[_EACH:]
    plain = [sentences[at][0] for at in mine]
    first = "。".join(plain) + "。"
    if kind == "other marks":
        return first, "！　".join(plain).replace("，", "、")
    if kind == "a fifth replaced":
        return first, "。".join([*plain[:-1], sentences[other[0]][0]])
    if kind == "shortened, other order":
        return first, "。".join(plain[at] for at in (3, 0, 4, 1))
    if kind == "paraphrased":
        return first, "。".join(sentences[at][1] for at in mine)
    if kind == "strangers":
        return first, "。".join(sentences[at][0] for at in other[:_EACH])
    return first, first
