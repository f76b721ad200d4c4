"""The contest's rulebook: its vocabulary, its file, its open questions and its arithmetic.

A contest is one YAML file in which every rule cites the notice. This package reads it, refuses
what is wrong with a line number and a remedy, puts answers in the place of open questions and
hands out frozen `Rules`. It evaluates no file (see `inspection`) and keeps no time (`timetable`).
"""
