"""Look-alikes: recall under each change, false alarms over 300 000 pairs of each kind, templates told from
copies, the time of a query against 10 000 works of three minutes; photos, texts and sounds; peers in the
same run. Each line says what it must keep and aims at, and whether it does.

Thresholds were chosen on the family `leaves`; figures are of `streets`, whose painter, coders, marks and
cuts share nothing with it, and both are printed. `--first` and `--films` take a long count in pieces,
`--only` one part of it. Photographs come from scikit-image, or from `--folder`.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks import peers
from benchmarks.lookalike import films, others, query, scenes, strangers

LOCK = Path(__file__).with_name("photographs.txt")
PARTS = ("query", "recall", "templates", "strangers", "real", "photos", "texts", "sounds")


def main() -> None:
    """Print one JSON line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--films", type=int, default=3, help="of each family, copied by each change"
    )
    parser.add_argument("--first", type=int, default=0, help="the number of the first film")
    parser.add_argument("--strangers", type=int, default=strangers.WORKS, help="works of each kind")
    parser.add_argument("--folder", type=Path, help="real films and photos, all different")
    parser.add_argument("--works", type=int, default=query.WORKS)
    parser.add_argument("--family", choices=tuple(scenes.FAMILIES))
    parser.add_argument("--only", choices=PARTS)
    options = parser.parse_args()
    families = (options.family,) if options.family else tuple(scenes.FAMILIES)
    parts = (options.only,) if options.only else PARTS
    if "query" in parts:
        query.query(options.works)  # alone, so that nothing else takes its processor
    with ProcessPoolExecutor(max(1, os.cpu_count() or 1)) as pool:
        told = []
        for family in families:
            if "recall" in parts:
                told.append(pool.submit(films.recall, family, options.first, options.films))
            if "templates" in parts:
                told.append(pool.submit(films.templates, family, options.first, options.films))
            if "photos" in parts:
                told.append(pool.submit(others.photos, family, options.first, 8 * options.films))
        if "real" in parts and (folder := options.folder or photographs()):
            told.append(pool.submit(others.real_files, folder))
        if "texts" in parts:
            told.append(pool.submit(others.all_texts))
        if "sounds" in parts:
            told.append(pool.submit(others.sounds))
        for each in told:
            each.result()
        if "strangers" in parts:
            strangers.all_kinds(pool, options.strangers)


def photographs() -> Path | None:
    """The openly licensed pictures in scikit-image's package, as `photographs.txt` locks it."""
    packages = peers.installed("scikit-image", LOCK)
    return packages / "skimage" / "data" if packages else None


if __name__ == "__main__":
    main()
