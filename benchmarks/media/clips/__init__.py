"""Labelled films for every benchmark of media, drawn and encoded on the spot.

Two families that share no texture, no encoder and no maker of faults: thresholds are tuned on "A"
and reported on "B". `worlds` draws what stands before the camera, `camera` moves over it, `encoding`
writes files, `feeding` gives a film to checks without the child process.
"""
