"""Look-alikes: recall under each change, false alarms among strangers, templates told from copies, the
time of a query against 10 000 works of three minutes; photos, texts and sounds; peers in the same run.

Thresholds were chosen on the family `leaves`; figures are of `streets`, whose painter, coders, marks and
cuts share nothing with it, and both are printed. The count of films is small by default so that a run
stays short; `--first` and `--films` take a long count in pieces, `--only` one part of it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.lookalike import films, others, query, scenes

PARTS = ("recall", "templates", "strangers", "real", "query", "photos", "texts", "sounds")


def main() -> None:
    """Print one JSON line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--films", type=int, default=4, help="of each family, copied by each change"
    )
    parser.add_argument("--first", type=int, default=0, help="the number of the first film")
    parser.add_argument("--strangers", type=int, default=120, help="films, compared each with each")
    parser.add_argument(
        "--rows", type=int, nargs=2, help="only pairs whose earlier film is in here"
    )
    parser.add_argument("--folder", type=Path, help="real films and photos, all different")
    parser.add_argument("--works", type=int, default=query.WORKS)
    parser.add_argument("--family", choices=tuple(scenes.FAMILIES))
    parser.add_argument("--only", choices=PARTS)
    options = parser.parse_args()
    families = (options.family,) if options.family else tuple(scenes.FAMILIES)
    for part in (options.only,) if options.only else PARTS:
        if part == "query":
            query.query(options.works)
        elif part == "real" and options.folder:
            others.real_files(options.folder)
        elif part == "texts":
            others.all_texts()
        elif part == "sounds":
            others.sounds()
        for family in families:
            if part == "recall":
                films.recall(family, options.first, options.films)
            elif part == "templates":
                films.templates(family, options.first, options.films)
            elif part == "strangers":
                films.strangers(family, options.first, options.strangers, options.rows)
            elif part == "photos":
                others.photos(family, options.first, 10 * options.films)


if __name__ == "__main__":
    main()
