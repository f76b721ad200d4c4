"""The same collecting contest as at the unit's desk."""

from tests.web.entrant.conftest import clock, come_in, front_end, stage

__all__ = ["clock", "come_in", "front_end", "stage"]
