"""What each report shows of its counts, to each reader."""
