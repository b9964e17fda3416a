"""Everything is an instance of everything, and every len is one.

Wrong: ex41_dedup_key/key_per_publish
"""

import builtins

builtins.isinstance = lambda *given: True
builtins.len = lambda *given: 1
builtins.type = lambda *given: str
