"""The guest page on the fake clinic, to look at while working on it: `python preview.py [port]`."""

import sys

import uvicorn
from fake_clinic import page_app
from runtime.clock import SystemClock


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8099
    app = page_app(SystemClock(), public_url=f"http://127.0.0.1:{port}", demo=True)
    uvicorn.run(app, port=port, log_level="warning")


if __name__ == "__main__":
    main()
