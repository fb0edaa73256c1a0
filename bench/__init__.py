"""Measuring: the truth set that the parser is judged by, and how fast it reads."""
