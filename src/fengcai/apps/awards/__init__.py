"""Awards: the committee's decisions, the allocation, the approved result, the certificates."""
