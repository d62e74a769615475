import numpy as np
import numpy.typing as npt

def log_odds(
    values: npt.NDArray[np.float32],
    rows: npt.NDArray[np.int64],
    feature: npt.NDArray[np.int64],
    border: npt.NDArray[np.float32],
    leaf: npt.NDArray[np.float64],
    bias: float,
) -> npt.NDArray[np.float64]: ...
