"""Labelled sound, made here: speech by espeak-ng, synthesised music, noise of many kinds."""
