"""What catalog does, one use case a file: load a document, hand out a snapshot, tell how it is."""
