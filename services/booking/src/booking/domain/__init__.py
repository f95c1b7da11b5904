"""The rules of slots, holds and bookings: pure, standard library only, `now` is an argument."""
