from .fitting import calibrate as calibrate
from .results import Calibration as Calibration
