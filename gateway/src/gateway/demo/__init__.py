"""What exists in demo mode only: an inbox that receives every message, and a clock that moves forward."""
