"""Before any test is collected."""

import contextlib

# pytest names the gateway's tests after their folder, `gateway.tests…`, and would make a namespace of that name
# if the distribution `gateway` were not there first. Where a service is tested alone it is not installed.
with contextlib.suppress(ImportError):
    import gateway  # noqa: F401  # imported for its name alone
