"""The schema migration. In its image this folder is ``images.migration``: nothing of stackgen is there.

A custom resource says which version of the schema is wanted. ``sql/V0001__what_it_does.sql`` and so on lead there, one
after the other (``sources``, ``splitting``, ``rules``); what has run is in the table ``schema_migrations``
(``history``). MySQL commits at each change of the schema, so a file is no transaction: ``migrating`` remembers before
and after each statement how far it came, and whoever is killed between any two is continued by the next. One runs at a
time.

A rollback of the stack does not undo SQL. So files only expand the schema: what is there goes on working for the old
code, and a lower version than the database has is nothing to do. What takes something away stands in a file that says
so in its first line, ``-- contract``, and is for a later deployment, when nobody uses it any more.
"""
