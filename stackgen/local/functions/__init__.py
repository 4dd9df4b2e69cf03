"""Lambda of the stand-in: functions that are records of ministack's run Python handlers in this process."""
