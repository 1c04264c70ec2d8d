from .diff import diff_text as diff_text
from .events import Event as Event
from .events import EventKind as EventKind
from .family import list_scenarios as list_scenarios
from .reading_choice import each_reading as each_reading
from .reading_choice import with_reading as with_reading
from .scenario import Scenario as Scenario
from .scenario import load_scenario as load_scenario
