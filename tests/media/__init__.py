"""Tests of fengcai.media, over small real films that they make themselves."""
