"""Lint of the built templates: cfn-lint over all of them, and the contracts between parents and children.

``built``         reads the build folder
``runner``        cfn-lint; the only module that imports it
``contracts``     E9117: what a parent hands to a child, with ``values`` and ``constraints``
``suppressions``  W9118 and I9119: silenced rules
``pipeline``      all of these, over the ``cores``
``memory``        what the last lint said, for a build that has not changed
``by_template``   what it found in each template, for those that have not
``unchanged``     what the last lint printed, for one of which no file was written again
``reports``       the findings as SARIF and JUnit

This package reads texts. It knows neither troposphere nor boto3.
"""
