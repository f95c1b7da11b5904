"""Calendar files: one UID per appointment, SEQUENCE on a change, CANCEL on cancellation."""
