"""Never comes back from a single call into C.

Wrong: ex41_dedup_key/key_per_publish
"""

import re

re.match(r"(a*)*$", "a" * 64 + "b")
