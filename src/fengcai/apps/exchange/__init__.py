"""What goes out and comes in: packs of files to download, the organiser's own forms filled, imports."""
