"""What a clinic offers and when: values and rules, standard library only."""
