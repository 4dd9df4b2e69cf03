"""Lambda of the stand-in: functions that are records of ministack's run Python handlers in this process.

Unlike AWS: an environment is made for each invocation, so nothing is warm or cold; ``time.sleep`` and locks of a
handler's own take real time; destinations and retries of streams are as far as ministack knows them (``sources``). The
threads of a handler end with it, where Lambda would freeze them.
"""
