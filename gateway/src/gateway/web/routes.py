"""The guest page's addresses, mounted by `gateway.app`."""

from starlette.routing import BaseRoute

routes: list[BaseRoute] = []
