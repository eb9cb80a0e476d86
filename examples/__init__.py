"""Programs that show what covet is like to use."""
