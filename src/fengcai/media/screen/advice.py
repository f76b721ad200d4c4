"""What an entrant does about each finding on screen, in plain words."""

from __future__ import annotations

ADVICE: dict[str, str] = {
    "personal_data": "画面里能看清他人的个人信息（证件号、手机号、病历号等）。请给这些位置打码或换一个镜头，再重新上传。",
    "record_page": "画面里像有病历、报告单或处方。请确认没有患者信息能被看清；不能确认时请打码或换一个镜头。",
    "contact_shown": "画面里有联系方式、地址、价格或“扫码、加微信”一类的话，容易被认为是引流或广告。请删去这些文字。",
    "qr_code": "画面里有二维码或条形码。请删去或打码；如果通知要求展示，请在说明里写明用途。",
    "platform_text": "画面里有平台名称或账号（如“抖音号”）。请用剪辑软件的原始工程重新导出，不要用从平台下载的带标识的视频。",
    "subtitles": "没有认出足够的中文字幕，或字幕看不清。请检查每句话是否都有字幕，字号加大，给字加深色描边。",
    "title_card": "开头没有认出片名。请在片头加上片名和单位名称，至少停留三秒。",
    "end_card": "结尾没有认出片尾字幕。请在片尾写上单位和主创人员，至少停留三秒。",
    "faces": "画面里有人出镜。请在“肖像授权”里登记每位出镜的人；有患者或未成年人时，还要上传书面同意书。",
}
"""Name of the measure → one or two sentences."""
