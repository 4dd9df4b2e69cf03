"""Whether what is deployed is as it should be.

``looking`` asks AWS about a stack and all in it, and changes nothing; ``resources`` knows what to ask of each type.
``trying`` carries out what the project's settings (``settings``) want to see done: functions invoked, with items put
into tables before and objects looked for after, addresses and requests asked. What it leaves it takes away again.
"""
