"""What physical therapy needs where, as data: `therapy.yaml`."""
