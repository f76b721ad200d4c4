"""Sample films, made on the spot: `FILMS` says which, `make_film` and `make_films` make them.

This package knows nothing of contests; `samples` sends the films through the public actions.
"""

from __future__ import annotations

from fengcai.samples.films.catalogue import FILMS, Direction, Fault, Film
from fengcai.samples.films.lettering import NoFont
from fengcai.samples.films.making import make_film, make_films
from fengcai.samples.films.newcomers import COLLECTED, JUDGED

__all__ = [
    "COLLECTED",
    "FILMS",
    "JUDGED",
    "Direction",
    "Fault",
    "Film",
    "NoFont",
    "make_film",
    "make_films",
]
