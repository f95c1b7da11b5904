"""Everything that django-appointment serves."""

from django.urls import include, path  # type: ignore[import-not-found]  # the peer's, not ours

urlpatterns = [path("", include("appointment.urls"))]
