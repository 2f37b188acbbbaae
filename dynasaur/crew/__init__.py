"""Workers that do jobs side by side, on this machine or on a cluster, and may die.

A job is done once, unless its worker dies in the middle: then another worker does it again.
"""

from dynasaur.crew.choice import crew_of as crew_of
from dynasaur.crew.done import Crew as Crew
from dynasaur.crew.done import Done as Done
from dynasaur.crew.processes import Processes as Processes
