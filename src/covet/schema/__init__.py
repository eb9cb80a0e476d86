"""What the data is: fields, relations, constraints, and the tables that they make."""
