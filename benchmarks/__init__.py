"""Figures side by side: each of ours with the limit that it is held against, measured in the same run.

`figures` is what comes out, `rounds` how noise is made to hit both sides, `clinic` and `diary` what is asked for,
`ground` the running stack with its limits beside it, `driver` the clients, and `rows/` one file a subject.
"""
