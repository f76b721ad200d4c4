"""What every audience's pages share: the shell, the components' templates and their tags."""
