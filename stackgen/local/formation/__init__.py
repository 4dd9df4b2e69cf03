"""CloudFormation of the stand-in: ministack's engine, with its operations on the clock and its gaps closed.

What a stack operation is made of stays ministack's. Ours is when it runs (:mod:`operations`), that children go forward
and back with their root (:mod:`nested`), that alarms and time stop it (:mod:`monitoring`), what stands in the way of
an update or a deletion (:mod:`policies`, :mod:`exports`, :mod:`deletion`), where templates are read (:mod:`templates`),
which are refused (:mod:`evaluation`, :mod:`checks`), that a change set sees its children (:mod:`changesets`), and that
a repeated call is known again (:mod:`tokens`).

What stays unlike AWS:

* Independent resources are made one after the other, and the first failure stops all; AWS goes on with what is
  independent of it.
* A stack in CREATE_FAILED or UPDATE_FAILED cannot be updated forward.
* Drift knows the properties that matter of nine types, of five more whether they are there, and takes no time;
  UpdateReplacePolicy Snapshot takes no snapshot; an outputs-only change set is FAILED.
* A custom resource that was called when its stack is deleted is waited for; a wait condition is not.
* A stack policy is not asked about a nested stack of which nothing but the template behind its URL has changed.
* A plan does not tell a nested stack Automatic of which nothing has changed; AWS tells every one.
* A secure reference that comes by a parameter's value is resolved anywhere.
"""
