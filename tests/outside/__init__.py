"""The platform seen from outside: started as a process, spoken to through HTTP, killed by signals."""
