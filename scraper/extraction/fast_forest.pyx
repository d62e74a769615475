# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""`model.Forest.log_odds` compiled: column by column and tree by tree, the leaves added up in the same order."""

import numpy as np

cdef enum:
    MOST_LEVELS = 8

def log_odds(
    const float[:, ::1] values,
    const long long[::1] rows,
    const long long[:, ::1] feature,
    const float[:, ::1] border,
    const double[:, ::1] leaf,
    double bias,
):
    """`Forest.log_odds`: the log odds of each column, `rows` being where the forest's features stand in `values`."""
    cdef Py_ssize_t n = values.shape[1], n_levels = feature.shape[1], at, tree, level
    cdef int place
    found_array = np.zeros(n)
    cdef double[::1] found = found_array
    cdef const float *level_values[MOST_LEVELS]
    if n_levels > MOST_LEVELS or not values.shape[0]:
        raise ValueError("a forest of more levels than a byte has bits, or a table without rows")
    for tree in range(leaf.shape[0]):
        for level in range(n_levels):
            level_values[level] = &values[rows[feature[tree, level]], 0]
        for at in range(n):
            place = 0
            for level in range(n_levels):
                place |= (level_values[level][at] > border[tree, level]) << level
            found[at] += leaf[tree, place]
    for at in range(n):
        found[at] += bias
    return found_array
