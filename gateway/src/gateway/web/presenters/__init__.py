"""From the platform's facts to what a page shows. No I/O, no rules of the clinic."""
