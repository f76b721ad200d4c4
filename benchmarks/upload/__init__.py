"""Uploads against @tus/server on the same disk, in the same run."""
