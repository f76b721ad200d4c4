"""The office's views, one module a page: thin, each action asked of the apps."""
