"""Assets: the files of works, what was measured on them and what was found."""
