"""Reads that cross tables, one file for each noun."""
