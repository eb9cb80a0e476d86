"""What came back: rows become instances, values or a single answer."""
