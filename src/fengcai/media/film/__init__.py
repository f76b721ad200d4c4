"""What moving pictures are asked: one module for each check, all of them in `registry`."""
