"""Tests of the command line: the installed program, run as its users run it."""
