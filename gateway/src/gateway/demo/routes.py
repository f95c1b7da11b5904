"""The demo's addresses, mounted by `gateway.app` when SLOTWELL_DEMO=1 and never otherwise."""

from starlette.routing import BaseRoute

routes: list[BaseRoute] = []
