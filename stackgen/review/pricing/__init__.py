"""What a build costs a month: quantities from the templates and a usage file, prices from a dated table.

prices      the table: every row with its basis, its source and its date
usage       the usage file: what no template says, such as requests
charges     what one resource is charged for, told by one estimator a type (network, compute, ...)
estimate    charges times prices, resource by resource
total       sums as ranges, split by how far their prices can be trusted, and the difference of two builds
findings    what the figures together say, such as endpoints that cost more than the NAT gateways they replace
"""
