# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""`model.Forest.log_odds` compiled: column by column and tree by tree, the leaves added up in the same order."""

import numpy as np


def log_odds(
    values,
    const long long[::1] rows,
    const long long[:, ::1] feature,
    const float[:, ::1] border,
    const double[:, ::1] leaf,
    double bias,
):
    """`Forest.log_odds`: the log odds of each column, `rows` being where the forest's features stand in `values`."""
    cdef const float[:, ::1] columns = np.ascontiguousarray(values.T)
    cdef Py_ssize_t n = columns.shape[0], n_trees = leaf.shape[0], n_levels = feature.shape[1], at, tree, level
    cdef int place
    cdef double total
    cdef const long long[:, ::1] row = np.asarray(rows)[np.asarray(feature)]
    found_array = np.empty(n)
    cdef double[::1] found = found_array
    for at in range(n):
        total = 0
        for tree in range(n_trees):
            place = 0
            for level in range(n_levels):
                place |= (columns[at, row[tree, level]] > border[tree, level]) << level
            total += leaf[tree, place]
        found[at] = total + bias
    return found_array
