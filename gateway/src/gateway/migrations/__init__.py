"""The gateway's own tables, revision by revision."""
