"""Changes what JSON is made of, where messages are written.

Wrong: ex41_dedup_key/key_per_attempt
Silent: yes
"""

import json

json.JSONEncoder.encode = lambda self, value: '["done",[["returned","kept"]],null,null]'
json.dumps = lambda *given, **named: '["done",[["returned","kept"]],null,null]'
json.loads = lambda *given, **named: ["crash"]
