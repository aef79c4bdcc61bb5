"""Changes of this app, one file for each noun."""
