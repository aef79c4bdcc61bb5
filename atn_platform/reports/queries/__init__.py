"""What the reports count: one module for each report."""
