"""What happened, who must know of it, and by which bounds: for every service alike.

`events`: the closed list and its stream. `rules`: when it is an alarm. `sending`: how
an alarm reaches a SOC.
"""
