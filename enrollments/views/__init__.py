"""Pages of learners, one file for each noun."""
