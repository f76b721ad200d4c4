"""A table of effects, so that a job done twice or never is seen. Installed by the drill alone."""
