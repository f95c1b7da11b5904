"""The API's calls: parse, call one use case, dump. Each call is declared once, for the router and for /openapi.json."""
