"""Jobs: how many a second, and how soon after a kill, on each engine and against plain Celery."""
