"""`python -m benchmarks.floor`: one process, no logs."""

import os

import uvicorn

from benchmarks.floor.app import app

if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["SLOTWELL_PORT"]),
        loop="uvloop",
        http="httptools",
        log_level="error",
        access_log=False,
    )
