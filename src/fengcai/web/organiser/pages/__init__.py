"""The rows of the office's pages, one module a page. They read through queries and decide nothing."""
