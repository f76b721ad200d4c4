"""Settings of what the installation reaches outside itself: mail, text messages, scanner, models, pages."""

from __future__ import annotations

from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

from fengcai.project.addresses import of_schemes, on_this_machine, words


class Reaching(BaseSettings):
    """Services that are asked from here. What is not set is not asked."""

    notice_model_url: str = Field(
        default="",
        description="草拟规则书时可请教的模型接口（OpenAI 兼容，写到 /v1 为止）；留空则不用，通知不外传",
    )
    notice_model: str = Field(default="", description="NOTICE_MODEL_URL 上的模型名")
    notice_model_key: str = Field(default="", description="NOTICE_MODEL_URL 的密钥；不需要则留空")
    clamd: str = Field(
        default="",
        description="查毒：clamd 的套接字文件（/run/clamav/clamd.ctl）或 主机:端口；留空则不查毒",
    )
    clamd_max_mb: int = Field(
        default=25,
        ge=1,
        le=2047,
        description="clamd 肯查的最大文件（MB）：与 clamd.conf 的 StreamMaxLength、MaxFileSize、"
        "MaxScanSize 中最小的一致；超过的文件记为“没有查毒”",
    )
    speech_url: str = Field(
        default="",
        description="把影片的讲话转成文字的接口（OpenAI 兼容，写到 /v1 为止）；留空则不用，声音不外传",
    )
    speech_model: str = Field(default="", description="SPEECH_URL 上的模型名")
    speech_key: str = Field(default="", description="SPEECH_URL 的密钥；不需要则留空")
    speech_outside: bool = Field(
        default=False, description="SPEECH_URL 不在本机时须设 1：单位同意把影片的声音发到那里"
    )
    fetch: bool = Field(
        default=False,
        description="允许服务器去取作者填写的公开网址（发表凭据）；不设则从不外连，只用截图",
    )
    fetch_hosts: str = Field(
        default="",
        description="FETCH=1 时只取这些网站，逗号分隔；.qq.com 含其下所有；留空为任何公网网站",
    )
    fetch_inside: str = Field(
        default="",
        description="FETCH=1 时另外允许的内网地址，IP:端口，逗号分隔；其余内网地址一律不访问",
    )
    mailbox_ca: str = Field(
        default="", description="报送邮箱在单位自建的服务器上、证书自签时：根证书文件的路径"
    )
    mail_url: str = Field(
        default="",
        description="发信服务器：smtps://smtp.163.com、smtp://主机（STARTTLS）、smtp+plain://主机:25；"
        "console: 只显示，folder:///目录 只存成文件；留空则不发邮件",
    )
    mail_user: str = Field(default="", description="发信邮箱的账号；也可写在 MAIL_URL 里")
    mail_password: str = Field(default="", description="授权码或口令；也可写在 MAIL_URL 里")
    mail_from: str = Field(default="", description="发件地址；留空则用 MAIL_USER")
    mail_from_name: str = Field(default="", description="发件人名称，如 某某医院宣传部")
    mail_per_minute: int = Field(default=30, ge=1, le=10_000, description="每分钟最多发几封邮件")
    sms: Literal["", "console", "aliyun"] = Field(
        default="", description="短信：aliyun，或 console（只显示）；留空则不发短信"
    )
    sms_key_id: str = Field(default="", description="阿里云 AccessKey ID（只给短信权限）")
    sms_key_secret: str = ""
    sms_sign: str = Field(default="", description="审核通过的短信签名")
    sms_templates: str = Field(
        default="",
        description="本系统的模板名=服务商的模板编号，逗号分隔，如 people.code=SMS_1234",
    )
    sms_endpoint: str = "https://dysmsapi.aliyuncs.com"
    sms_per_minute: int = Field(default=60, ge=1, le=10_000, description="每分钟最多发几条短信")
    robot_url: str = Field(
        default="https://qyapi.weixin.qq.com",
        description="企业微信群机器人所在；私有部署的写自己的",
    )

    @field_validator("notice_model_url", "speech_url")
    @classmethod
    def _known_model_url(cls, value: str) -> str:
        return of_schemes(value, "https", "http")

    @field_validator("clamd")
    @classmethod
    def _known_scanner(cls, value: str) -> str:
        if value:
            from fengcai.engines.antivirus import place_of

            place_of(value)
        return value

    @field_validator("fetch_inside")
    @classmethod
    def _known_places(cls, value: str) -> str:
        if value:
            from fengcai.engines.fetching import inside_of

            inside_of(value)
        return value

    @field_validator("sms_endpoint", "robot_url")
    @classmethod
    def _known_messenger(cls, value: str) -> str:
        if urlsplit(of_schemes(value, "https", "http")).scheme != "https" and not on_this_machine(
            value
        ):
            raise ValueError("须以 https:// 开头（密钥不能明文经过网络）")
        return value

    @field_validator("sms_templates")
    @classmethod
    def _known_templates(cls, value: str) -> str:
        for word in words(value):
            ours, equals, theirs = word.partition("=")
            if not (ours.strip() and equals and theirs.strip()):
                raise ValueError(f"“{word[:40]}”须写成 本系统的模板名=服务商的模板编号")
        return value

    @model_validator(mode="after")
    def _reaching_whole(self) -> Self:
        """Half a setting is an error."""
        if self.notice_model_url and not self.notice_model:
            raise ValueError("FENGCAI_NOTICE_MODEL_URL 还需要 FENGCAI_NOTICE_MODEL（模型名）")
        if self.speech_url and not self.speech_model:
            raise ValueError("FENGCAI_SPEECH_URL 还需要 FENGCAI_SPEECH_MODEL（模型名）")
        if self.speech_url and not self.speech_outside and not on_this_machine(self.speech_url):
            raise ValueError(
                "FENGCAI_SPEECH_URL 不在本机，影片的声音会离开这台机器；"
                "单位同意的，另设 FENGCAI_SPEECH_OUTSIDE=1"
            )
        self.mail_server()
        if self.sms == "aliyun" and not (self.sms_key_id and self.sms_key_secret and self.sms_sign):
            raise ValueError(
                "FENGCAI_SMS=aliyun 还需要 FENGCAI_SMS_KEY_ID、FENGCAI_SMS_KEY_SECRET 与 FENGCAI_SMS_SIGN"
            )
        return self

    def mail_server(self) -> Any:
        """The `engines.delivery.mail.Server` that the settings name, or None. Raises ValueError."""
        from fengcai.engines.delivery import mail

        if not self.mail_url:
            return None
        try:
            return mail.server_of(
                self.mail_url,
                user=self.mail_user,
                password=self.mail_password,
                sender=self.mail_from,
                sender_name=self.mail_from_name,
            )
        except ValueError as error:
            raise ValueError(f"FENGCAI_MAIL_URL {error}") from None

    def sms_provider(self) -> Any:
        """The `engines.delivery.sms.Provider` that the settings name, or None."""
        from fengcai.engines.delivery import sms

        if not self.sms:
            return None
        pairs = (word.partition("=") for word in words(self.sms_templates))
        return sms.Provider(
            self.sms,
            key_id=self.sms_key_id,
            key_secret=self.sms_key_secret,
            sign=self.sms_sign,
            templates={ours.strip(): theirs.strip() for ours, _, theirs in pairs},
            endpoint=self.sms_endpoint,
        )
