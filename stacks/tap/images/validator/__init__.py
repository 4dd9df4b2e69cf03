"""The transaction validator. In its image this folder is ``images.validator``: nothing of stackgen is there.

A transaction is judged by its fields (``transaction``, ``currencies``), by its session (``sessions``), and by what the
database has under its id (``ledger``); ``validation`` puts them together. What is accepted is durable in the database
first, whose unique key decides between duplicates, and then in the audit log, under a key and with bytes that are the
same at every attempt. So whoever got no answer asks again: nothing is stored twice, and what is missing is made up for.
"""
