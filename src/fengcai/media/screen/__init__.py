"""What stands on screen: recognised, and asked by one module for each check; all in `registry`."""
