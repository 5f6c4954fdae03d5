"""BLS12-381 from py_ecc, for verification only; loading it must not let deep JSON crash the process.

py_ecc raises Python's recursion limit when it is imported. Parsers here rely on the usual one, so it is put back.
"""

import sys

LIMIT = sys.getrecursionlimit()

from py_ecc.bls.g2_primitives import subgroup_check as subgroup_check  # noqa: E402
from py_ecc.bls.hash_to_curve import hash_to_G1 as hash_to_G1  # noqa: E402
from py_ecc.bls.point_compression import decompress_G1 as decompress_G1  # noqa: E402
from py_ecc.bls.point_compression import decompress_G2 as decompress_G2  # noqa: E402
from py_ecc.bls.typing import G1Compressed as G1Compressed  # noqa: E402
from py_ecc.bls.typing import G2Compressed as G2Compressed  # noqa: E402
from py_ecc.fields import optimized_bls12_381_FQ12 as optimized_bls12_381_FQ12  # noqa: E402
from py_ecc.optimized_bls12_381.optimized_curve import G2 as G2  # noqa: E402
from py_ecc.optimized_bls12_381.optimized_curve import is_inf as is_inf  # noqa: E402
from py_ecc.optimized_bls12_381.optimized_curve import neg as neg  # noqa: E402
from py_ecc.optimized_bls12_381.optimized_pairing import final_exponentiate as final_exponentiate  # noqa: E402
from py_ecc.optimized_bls12_381.optimized_pairing import pairing as pairing  # noqa: E402

sys.setrecursionlimit(LIMIT)
