"""The guest page: server-rendered, whole without script."""
