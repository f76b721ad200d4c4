"""What a work must be: formats, lengths, sizes, other files, novelty, demands."""

from __future__ import annotations

import pytest

from fengcai.core.notice.works import severity
from tests.core.notice.notices import drafted, found

POSTERS = "关于征集青山医院海报作品的通知"
ARTICLES = "关于征集科普文章的通知"


@pytest.mark.parametrize(
    ("line", "id", "predicate"),
    [
        ("片长5—8分钟。", "duration", "duration >= 5min and duration <= 8min"),
        ("时长不超过300秒。", "duration", "duration <= 300s"),
        ("单条时长须在3分钟以上、5分钟以内。", "duration", "duration >= 3min and duration <= 5min"),
        ("格式为MP4或MOV。", "container", "container in [mp4, mov]"),
        ("横版拍摄。", "orientation", "width > height"),
        ("统一为竖屏。", "orientation", "width < height"),
        ("采用H.265编码。", "codec", "video_codec == hevc"),
        ("采用h264编码。", "codec", "video_codec == h264"),
        ("分辨率不低于1920*1080。", "resolution", "width >= 1920px and height >= 1080px"),
        ("分辨率不超过3840×2160。", "resolution", "width <= 3840px and height <= 2160px"),
        ("分辨率为1920×1080。", "resolution", "width == 1920px and height == 1080px"),
        ("帧率不低于25帧/秒。", "fps", "fps >= 25fps"),
        ("文件大于50MB。", "min_size_limit", "size > 50MB"),
        ("文件小于0.5GB。", "max_size_limit", "size < 0.5GB"),
    ],
)
def test_machine_checked_demands(line: str, id: str, predicate: str) -> None:
    said = found(
        drafted("一、作品要求", line), "tracks", "video", "slots", "main", "requirements", id
    )
    path = f"tracks.video.slots.main.requirements.{id}"
    assert (said[f"{path}.predicate"], said[f"{path}.checked_by"]) == (predicate, "machine")


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ("片头不超过5秒。", []), ("超过10分钟的取消资格，时长请注意。", []), ("修改时限为3分钟。", []),
        ("用时不超过5分钟。", []), ("边长不小于10像素。", []),
    ],
)  # fmt: skip
def test_limits_of_something_else_are_no_limits_of_the_work(line: str, keys: list[str]) -> None:
    said = found(drafted("一、作品要求", line), "tracks", "video", "slots")
    assert [path for path in said if "predicate" in path] == keys


def test_sizes_stand_on_the_slot() -> None:
    said = found(
        drafted("一、作品要求", "视频不小于10MB，不超过2GB。"), "tracks", "video", "slots", "main"
    )
    assert (said["tracks.video.slots.main.min_size"], said["tracks.video.slots.main.max_size"]) == (
        "10 MB", "2 GB",
    )  # fmt: skip


def test_what_facts_cannot_say_stays_with_a_person() -> None:
    said = found(drafted("一、作品要求", "画幅为16:9。"), "tracks", "video", "slots", "main")
    path = "tracks.video.slots.main.requirements.aspect"
    assert (said[f"{path}.must"], f"{path}.predicate" in said) == (
        "画幅为16:9",
        said[f"{path}.checked_by"] == "machine",
    )


@pytest.mark.parametrize(
    ("text", "level"),
    [("建议五分钟以内", "should"), ("鼓励原创", "should"), ("原则上不重复", "should"), ("短片优先参评", "prefer"),
     ("须为原创", "must"), ("未尽事宜另行通知", "must"), ("优先级不限", "must")],
)  # fmt: skip
def test_how_binding_a_clause_is(text: str, level: str) -> None:
    assert severity(text) == level


def test_other_files_of_a_poster() -> None:
    said = found(
        drafted(
            "一、作品规格", "（一）分辨率不低于300dpi，系列作品不多于4幅。",
            "（二）预览图为JPG格式，长边不小于2000像素，短边不小于900像素，单幅大小不超过5MB。",
            "（三）入围后提交源文件，PSD或AI格式，不超过500MB。", "（四）附设计说明，200字以内。", title=POSTERS,
        ),
        "tracks", "poster", "slots",
    )  # fmt: skip
    assert [path for path in said if path.endswith("name")] == [
        f"tracks.poster.slots.{id}.name" for id in ("main", "preview", "source", "statement")
    ]
    slot = "tracks.poster.slots"
    assert (said[f"{slot}.main.min"], said[f"{slot}.main.max"]) == (1, 4)
    assert said[f"{slot}.preview.accept"] == (".jpg", ".jpeg")
    assert said[f"{slot}.preview.max_size"] == "5 MB"
    assert said[f"{slot}.preview.requirements.long_side.must"] == "长边不小于2000像素"
    assert said[f"{slot}.preview.requirements.short_side.must"] == "短边不小于900像素"
    assert said[f"{slot}.source.accept"] == (".psd", ".ai")
    assert said[f"{slot}.source.kind"] == "source"
    assert said[f"{slot}.statement.requirements.words.must"] == "200字以内"


def test_several_files_in_one_sentence() -> None:
    said = found(
        drafted("一、材料报送", "将演示文稿（不超过20页）、演讲稿（1200至1800字，Word格式）和登台感言（50字）发来。",
         "配图不超过5幅，剧本1份。",
                title="关于举办演讲比赛的通知"),
        "tracks", "speech", "slots",
    )  # fmt: skip
    slot = "tracks.speech.slots"
    assert said[f"{slot}.slides.requirements.pages.must"] == "演示文稿（不超过20页）"
    assert said[f"{slot}.text.accept"] == (".docx", ".doc")
    assert said[f"{slot}.text.requirements.words.must"] == "演讲稿（1200至1800字，Word格式）"
    assert (said[f"{slot}.script.min"], said[f"{slot}.script.max"]) == (1, 1)
    assert "main" not in {path.split(".")[3] for path in said}


def test_word_limits_of_articles_and_not_of_films() -> None:
    said = found(
        drafted("一、字数", "正文800字以上、1500字以内。", title=ARTICLES), "tracks", "article"
    )
    assert said["tracks.article.slots.main.requirements.words.must"] == "正文800字以上、1500字以内"
    film = found(drafted("一、作品要求", "片中文字不超过20字。"), "tracks", "video", "slots")
    assert film == {}


def test_a_kind_of_file_follows_its_format() -> None:
    said = found(
        drafted("一、作品要求", "作品为MP4格式。", title="关于举办青山医院演讲比赛的通知"), "tracks"
    )
    assert said["tracks.speech.slots.main.kind"] == "video"


@pytest.mark.parametrize(
    ("line", "kind", "more"),
    [
        ("作品须为首次发布，未在任何平台公开发表。", "unpublished", {}),
        ("作品未公开。", "unpublished", {}),
        ("作品需已在公开平台发布。", "published_required", {"checked_by": "form"}),
        ("须为2029年9月1日以后创作。", "created_between", {"since": "2029-09-01"}),
        ("近年来创作的作品均可。", None, {}), ("须为本年以后创作。", None, {}),
        ("未获得过任何奖项。", "prior_award_ban", {}),
        ("获得省级以上奖项的作品不再重复参赛。", "prior_award_ban", {"levels": ("province", "nation")}),
        ("获市级及以上奖的不得重复申报。", "prior_award_ban", {"levels": ("city", "province", "nation")}),
        ("奖项不得重复申报最高奖。", None, {}),
    ],
)  # fmt: skip
def test_novelty(line: str, kind: str | None, more: dict[str, object]) -> None:
    said = found(drafted("一、作品要求", line), "novelty")
    assert {path.split(".")[1] for path in said} == ({kind} if kind else set())
    for key, value in more.items():
        assert said[f"novelty.{kind}.{key}"] == value


def demands(*lines: str) -> list[tuple[str, object]]:
    said = found(drafted(*lines), "requirements")
    return [
        (key, value)
        for path, value in said.items()
        if (key := path.rpartition(".")[2]) in ("must", "should", "prefer")
    ]


def test_every_other_demand_is_kept_in_its_own_words() -> None:
    assert demands(
        "一、作品要求", "内容规范：不得含有商业广告，凡出现患者的，须取得同意，并隐去姓名；建议配字幕；短片优先参评。",
        "二、奖项", "必须按时领取。", "三、联系方式", "须拨打电话。", "四、流程", "作品不得抄袭；领导须到场。",
    ) == [
        ("must", "不得含有商业广告"), ("must", "凡出现患者的，须取得同意，并隐去姓名"),
        ("should", "建议配字幕"), ("prefer", "短片优先参评"), ("must", "作品不得抄袭"),
    ]  # fmt: skip


def test_clauses_of_other_finders_are_no_demands() -> None:
    assert (
        demands(
            "一、参赛要求",
            "逾期须自行负责；文件名须统一；每人最多参加2支；须见附件。",
            "画面好看。",
        )
        == []
    )
    assert demands("没有章节的要求须遵守。") == []
