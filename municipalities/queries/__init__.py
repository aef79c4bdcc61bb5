"""What the pages about the territory and its people read, one file for each noun."""
