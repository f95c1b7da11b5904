"""What is owed to whom and when: rules without I/O; `now` is an argument."""
