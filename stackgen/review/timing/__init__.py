"""How long a deployment takes, offline: from the templates and a table of times with their sources.

rows         the table's rows, read and written: low, typical and high seconds, basis, source, date
variants     which row of a type fits a resource, by its evaluated properties
table        what a resource of a type takes; what is not in the table gets a stated default
network      an abstract network of steps that wait for each other, and its earliest times
graph        the network of a tree of stacks: creation, update, deletion
stacksets    the waves in which a StackSet's instances are deployed
path         the critical path, and the slack of everything beside it
cut          which wait, cut, shortens the path by how much
estimate     one operation on one root, put together
text, gantt, drawing    an estimate for people: lines, a chart in text, a chart in SVG
events, learn           the events of real stacks, folded into rows of one's own
"""
