"""What the screens of each role show of one person, read by the very queries of those screens."""
