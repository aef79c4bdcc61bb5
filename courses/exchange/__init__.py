"""Questions as other systems write them, read into items of one shape. No table, no clock."""
