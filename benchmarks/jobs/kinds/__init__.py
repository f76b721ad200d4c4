"""A small Django app that only holds the kinds of jobs that are measured."""
