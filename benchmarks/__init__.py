"""What `./dev bench` runs: each folder's `run.py` measures one thing against a peer or a limit.

`python -m benchmarks.NAME.run` prints, as its last line, one JSON object with `name`, `figure`,
`unit` and `ratio` (against the peer or the limit, measured in the same run).
"""
