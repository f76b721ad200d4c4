"""Publishing: the gallery, the published result, and who may see a file's bytes."""
