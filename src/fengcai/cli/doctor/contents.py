"""What an installation keeps: that the record is whole, and that files are what they were."""

from __future__ import annotations

from pathlib import Path

from fengcai.cli.doctor.findings import Finding, Findings


def audit_chains(data: Path) -> Findings:
    """Every contest's chain is counted again from its first event."""
    from fengcai.apps.audit.queries import verify_all

    broken = False
    chains = verify_all()
    for chain in chains:
        if not chain.ok:
            broken = True
            yield Finding(
                "审计链",
                "bad",
                f"{chain.name}：{chain.problem}",
                "保全数据库文件，不要再写入，与备份比对；这条链之后的记录不可信",
            )
    if not broken:
        events = sum(chain.length for chain in chains)
        yield Finding("审计链", "good", f"{len(chains)} 条链、{events} 条记录前后相接")


def files(data: Path) -> Findings:
    """What the scrub found when it last read the stored files."""
    from fengcai.engines.storage import report

    found = report()
    if found.missing or found.changed:
        key, owner, state = found.examples[0]
        yield Finding(
            "文件完好",
            "bad",
            f"缺 {found.missing} 个、变了 {found.changed} 个，如 {owner}的 {key}（{state}）",
            "从备份找回这些文件；逐个列出：fengcai storage check",
        )
    elif found.newest is None:
        yield Finding("文件完好", "good", "还没有核对过（后台任务每周核对一遍）")
    else:
        when = f"{found.oldest:%Y-%m-%d} 至 {found.newest:%Y-%m-%d}"
        yield Finding("文件完好", "good", f"{found.good} 个文件在 {when} 读过，与登记的一致")
    if found.unknown:
        yield Finding(
            "文件完好",
            "warning",
            f"有 {found.unknown} 个文件不在数据库的记录里",
            "多半是中断时留下的；逐个列出：fengcai storage check",
        )
