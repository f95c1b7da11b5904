"""The broker inside the process, for installations that need nothing but Python."""
