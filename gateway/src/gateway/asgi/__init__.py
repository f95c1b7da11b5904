"""What every request passes, whatever answers it. Plain ASGI: nothing is allocated that is not needed."""
