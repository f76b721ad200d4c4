"""Pages that anybody may see: contests, their rules, results, the gallery, certificate checks."""
