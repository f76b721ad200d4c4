"""What an inspection can see of a demand in words: “画面稳定” → `not shaky`.

The demand stays a person's: the predicate is the machine's hint. Only wordings that ask for the very
thing are read; a clause that also says the opposite, or speaks of something else, gets no hint.
"""

from __future__ import annotations

import re

_NO = r"(?:无|没有|不得|不能|不可|不应|不要|不(?=有|带|含|加|出现|夹杂|抖|晃)|避免|杜绝|严禁|禁止)"
_NEAR = r"[^,，。;；:：]"

PICTURE = (
    (rf"画面(?:清晰|流畅|构图){{0,2}}[、]?(?:稳定|平稳)|{_NO}(?:画面|镜头)?(?:明显|大幅)?的?(?:抖动|晃动)", "not shaky"),
    (r"(?:画面|图像|影像|视频)(?:要|须|应|需|稳定|平稳|流畅|、)*清晰", "not blurred"),
    (r"(?:曝光|亮度)(?:准确|正常|适度|适中)", "not badly_exposed"),
    (rf"{_NO}{_NEAR}{{0,3}}(?:频闪|闪烁)", "not flashing"),
    (rf"{_NO}{_NEAR}{{0,8}}(?:水印|角标|台标|平台(?:标识|标志|logo))", "not watermark"),
    (r"(?<![不无免勿])(?:配|配有|配上|加|添加|附|带|带有|标注)(?:规范|简体|中文|汉语|普通话|双语|相应|同步|的|、)*字幕", "subtitles"),
    (rf"{_NO}{_NEAR}{{0,20}}(?:商业(?:广告|宣传|推广|信息)|商品广告|营销(?:信息|内容)|引流)", "not contact_shown and not qr_code"),
    (rf"{_NO}{_NEAR}{{0,20}}(?:联系方式|联系电话|电话号码|微信号)", "not contact_shown"),
    (rf"{_NO}{_NEAR}{{0,20}}二维码", "not qr_code"),
    ((r"(?:个人信息|患者(?:身份)?信息|病历(?:资料)?|身份证(?:号码?)?|住院号)"
     rf"{_NEAR}{{0,8}}(?:脱敏|打码|遮挡|隐去|模糊处理)|(?:隐去|遮挡|模糊){_NEAR}{{0,8}}"
     rf"(?:个人信息|身份信息|患者信息|住院号|身份证)|{_NO}{_NEAR}{{0,6}}(?:患者|个人|病人)(?:身份)?(?:信息|隐私)"), "not personal_data"),
)  # fmt: skip
SOUND = (
    (rf"{_NO}{_NEAR}{{0,4}}(?:杂音|噪音|噪声)|(?:录音|收音|声音|音质|音频|配音|语音)(?:要|须|应|需|真实|饱满|、)*(?:清晰|清楚|干净)",
     "not noisy and not hum and not clipped"),
    (rf"{_NO}{_NEAR}{{0,4}}(?:电流声|交流声|嗡嗡声)", "not hum"),
    (rf"{_NO}{_NEAR}{{0,4}}(?:爆音|失真)", "not clipped"),
)  # fmt: skip
# What only looks like it: a part of the film, judging, a promise, an exception.
OTHER = re.compile(
    r"片[头尾]|评[审分委]|分值|[0-9]分|除外|可以不|不作要求|不限|是否|如[有需]|声誉|知识产权|填|隐瞒|注明|登记|提供"
)


def hint(text: str, *, film: bool, sounds: bool) -> str | None:
    """The predicate of what a clause demands of a film (or, with `sounds` alone, of a recording);
    None where an inspection cannot see it."""
    if OTHER.search(text):
        return None
    rows = (*(PICTURE if film else ()), *(SOUND if sounds else ()))
    parts = [
        part
        for pattern, predicate in rows
        if re.search(pattern, text)
        for part in predicate.split(" and ")
    ]
    return " and ".join(dict.fromkeys(parts)) or None


def thoughts(text: str, *, film: bool, sounds: bool) -> list[tuple[int, int]]:
    """A clause as places of its parts between 、 where each part alone is a demand that can be
    seen (画面稳定无抖动、录音清晰无杂音、无水印标识); else the clause as one."""
    places, start = [], 0
    for part in text.split("、"):
        places.append((start, start + len(part)))
        start += len(part) + 1
    alone = all(hint(text[a:b], film=film, sounds=sounds) for a, b in places)
    return places if alone else [(0, len(text))]
