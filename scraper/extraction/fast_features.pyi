import numpy as np
import numpy.typing as npt

from scraper.extraction.layout import Layout

def table(layout: Layout) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64]]: ...
