"""What was counted for limits that have long passed."""

from sqlalchemy import text

OLD_ALLOWANCES = text(
    "DELETE FROM allowances WHERE began_at < clock_timestamp() - CASE span WHEN 'day' THEN interval '400 days'"
    " ELSE interval '1 hour' END"
)
