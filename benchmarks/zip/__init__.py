"""A pack of 1 GiB and more, downloaded from a real server, against `zip -0` on the same files."""
