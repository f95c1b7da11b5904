"""Other booking software on the same machine, in the same run, through HTTP: what its guests would see.

A peer is installed from its package into a folder of its own; nothing of it is kept here but the settings of a site.
"""
