"""`./dev faults`: a real installation under a stream of work, killed at random, then counted.

`drill` conducts, `installation` starts and kills, `sending` and `acting` make the stream and write
down what was acknowledged, `reckoning` compares that with what is there afterwards.
"""
