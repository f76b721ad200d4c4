"""How files lie in a pack, apart from the models, so that pages may name them."""

from __future__ import annotations

LAYOUTS = {
    "rule": ("按通知的命名规则", "通知规定了文件夹的，按它分；没有规定的放在一起。"),
    "flat": ("全部放在一起", "一个文件夹，文件名按命名规则。"),
    "unit": ("每个单位一个文件夹", ""),
    "work": ("每件作品一个文件夹", "一件作品有几个文件时合适。"),
    "track": ("每个类别一个文件夹", ""),
}
