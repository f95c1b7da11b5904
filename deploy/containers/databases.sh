#!/bin/bash
# Run once, when the cluster is made: a database and a role of its own for each owner; no role sees another's data.
set -euo pipefail

for owner in catalog booking notifications gateway; do
    variable="${owner^^}_DATABASE_PASSWORD"
    psql -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres \
        -v name="slotwell_$owner" -v password="${!variable:?is not set}" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
