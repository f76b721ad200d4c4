"""Pages of a unit's contact and its head: their works from draft to certificate."""
