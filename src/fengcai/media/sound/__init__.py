"""What sound is asked: one module for each check, all of them in `registry`."""
