"""What the gateway does for a client app or the guest page: one question to a service, and an answer or a refusal."""
