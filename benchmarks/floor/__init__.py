"""The floor: what one bare process can do with the same tables, as one would write it in an afternoon."""
