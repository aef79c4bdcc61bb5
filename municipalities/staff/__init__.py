"""Lists of people as towns keep them: bytes, then lines of cells, then persons."""
