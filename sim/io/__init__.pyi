from .errors import InputError as InputError
from .errors import Problem as Problem
from .errors import Problems as Problems
from .writers import file_hash as file_hash
from .writers import write_text as write_text
