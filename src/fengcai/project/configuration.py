"""What an installation may set: environment variables with the FENGCAI_ prefix, or a TOML file.

Reads and checks; Django's own settings are derived from it in `settings`.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

CONFIGURATION_FILE = "FENGCAI_CONFIG"


class Configuration(BaseSettings):
    """One installation's settings; every name is an environment variable with FENGCAI_ before it."""

    model_config = SettingsConfigDict(env_prefix="FENGCAI_", extra="ignore")

    data: Path = Field(default=Path("data"), description="目录：数据库、上传文件、作品文件")
    database_url: str = Field(
        default="", description="sqlite:///绝对路径；留空则用 DATA/fengcai.sqlite3"
    )
    jobs: Literal["embedded"] = "embedded"
    secret_key: str = Field(default="", description="留空则在 DATA/secret.key 中生成一次")
    allowed_hosts: str = Field(default="127.0.0.1,localhost,[::1]", description="逗号分隔")
    public_url: str = Field(default="", description="证书二维码所用的站点地址，如 https://host")
    debug: bool = False
    demo: bool = Field(default=False, description="演示：登录页列出演示账号（仅限本机回环地址）")
    https: bool = Field(default=False, description="站点经 HTTPS 提供：Cookie 只走加密连接")
    icp: str = Field(default="", description="页脚的 ICP 备案号")

    @field_validator("database_url")
    @classmethod
    def _sqlite_only(cls, value: str) -> str:
        if value and not value.startswith("sqlite:///"):
            raise ValueError("FENGCAI_DATABASE_URL 目前只支持 sqlite:///绝对路径")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then the TOML file named by FENGCAI_CONFIG."""
        file = os.environ.get(CONFIGURATION_FILE)
        sources: tuple[PydanticBaseSettingsSource, ...] = (init_settings, env_settings)
        if file:
            sources += (TomlConfigSettingsSource(settings_cls, Path(file)),)
        return sources

    @property
    def database_path(self) -> Path:
        """Where the SQLite database lies."""
        if self.database_url:
            return Path("/" + self.database_url.removeprefix("sqlite:///").lstrip("/"))
        return self.data / "fengcai.sqlite3"

    def key(self) -> str:
        """The signing key: as set, else made once and kept in the data directory (mode 0600)."""
        if self.secret_key:
            return self.secret_key
        file = self.data / "secret.key"
        if not file.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            draft = file.with_suffix(f".{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48))
            try:
                os.link(draft, file)
            except FileExistsError:
                pass  # another process made it first; its key counts
            finally:
                draft.unlink()
        return file.read_text().strip()
