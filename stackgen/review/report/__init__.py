"""A change on one page for its reviewers: what every other part of the review says, gathered once, written twice.

subject     what it is about
gather      two builds into one Report; a part that fails says so and hides no other
costs, times, pictures    the parts that have to be put together for it
plain       texts of strangers, made harmless for Markdown and HTML
rows        what both renderings show of impacts, verdicts and the like, as plain values
markdown    one comment for a pull request; budget keeps it under the limit of GitHub
page        one page of HTML that needs no network and no script; elements, style and two modules are what it is made of
"""
