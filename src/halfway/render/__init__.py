"""A verdict, as somebody reads it: in a terminal, as plain text, as a drawing."""
