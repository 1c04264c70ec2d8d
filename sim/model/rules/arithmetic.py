"""Exponential and logarithm in plain arithmetic, the same to the last bit in every engine.

A call into the C library neither vectorises nor promises the same last digit on every machine. These versions use only
additions, multiplications and the bit pattern of a double, so that one lane and sixty-four lanes, interpreted and
compiled, all agree. Both stay within two units in the last place of `math.exp` and `math.log` (tested).
"""

from math import sqrt

import numpy as np

_LOG2_E = 1.4426950408889634
_LN2_HIGH = 0.6931471803691238  # the leading bits of ln 2: its product with a whole number below 2^20 is exact
_LN2_LOW = 1.9082149292705877e-10
_ROUNDER = 6755399441055744.0  # 1.5 * 2^52: adding it rounds to a whole number and leaves that number in the low bits
_WHOLE = 4503599627370496.0  # 2^52: a whole number below it can be read from, or written into, the mantissa
_WHOLE_BITS = 0x4330000000000000
_MANTISSA = 0x000FFFFFFFFFFFFF
_ONE_BITS = 0x3FF0000000000000
_SQRT_2 = 1.4142135623730951

HALF = 0.5
NEARLY_ALL = 0.99  # shares that enter a logarithm stop here
YEARS_A_QUARTER = 0.25  # one turn is one quarter; yearly rates are multiplied by this
ROOT_OF_A_QUARTER = 0.5  # its square root: what turns the spread of a year into that of one of four like quarters


def exp(x: float) -> float:
    """e to the power x; x is held inside -700..700, where the result is a normal double."""
    held = -700.0 if x < -700.0 else x
    held = 700.0 if held > 700.0 else held
    shifted = held * _LOG2_E + _ROUNDER
    whole = shifted - _ROUNDER
    r = held - whole * _LN2_HIGH - whole * _LN2_LOW
    # (e^r - 1 - r) / r^2 interpolated at the Chebyshev nodes of |r| <= ln 2 / 2: off by less than 2^-55
    tail = 2.7620075879983367e-07 + r * 2.5100375832561234e-08
    tail = 2.7557268480310024e-06 + r * tail
    tail = 2.4801521322368692e-05 + r * tail
    tail = 0.00019841269863040545 + r * tail
    tail = 0.0013888888917196719 + r * tail
    tail = 0.008333333333330065 + r * tail
    tail = 0.041666666666624164 + r * tail
    tail = 0.16666666666666669 + r * tail
    tail = 0.5000000000000001 + r * tail
    mantissa = 1.0 + (r + r * r * tail)
    power = (np.float64(shifted).view(np.int64) + np.int64(1023)) << np.int64(52)
    return mantissa * np.int64(power).view(np.float64)


def log(x: float) -> float:
    """Natural logarithm of a positive, normal double; anything smaller is read as the smallest normal double."""
    held = 2.2250738585072014e-308 if x < 2.2250738585072014e-308 else x
    bits = np.float64(held).view(np.int64)
    exponent = np.int64((bits >> np.int64(52)) | np.int64(_WHOLE_BITS)).view(np.float64) - _WHOLE - 1023.0
    mantissa = np.int64((bits & np.int64(_MANTISSA)) | np.int64(_ONE_BITS)).view(np.float64)
    large = mantissa > _SQRT_2
    m = 0.5 * mantissa if large else mantissa
    e = exponent + 1.0 if large else exponent
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    # (2 artanh(s) - 2 s) / s^3 over s^2, interpolated at the Chebyshev nodes of its range: off by less than 2^-56
    tail = 0.15331721600556042 + z * 0.14616449685043406
    tail = 0.18182889125261723 + z * tail
    tail = 0.2222221113479508 + z * tail
    tail = 0.28571428625975487 + z * tail
    tail = 0.39999999999899505 + z * tail
    tail = 0.666666666666667 + z * tail
    # log(1 + f) = 2 s + s z tail, rewritten around f so that little is lost to rounding when f is small
    half_square = 0.5 * f * f
    return e * _LN2_HIGH - ((half_square - (s * (half_square + z * tail) + e * _LN2_LOW)) - f)


def clamp(x: float, low: float, high: float) -> float:
    """x held inside low..high."""
    held = low if x < low else x
    return high if held > high else held


def positive(x: float) -> float:
    """x where it is above zero, else zero."""
    return x if x > 0.0 else 0.0


def logistic(x: float) -> float:
    """1 / (1 + e^-x): 0 for very negative x, 1/2 at 0, 1 for very positive x."""
    return 1.0 / (1.0 + exp(-x))


def logit(u: float) -> float:
    """Quantile of the standard logistic distribution at u in (0, 1); rises with u, so common luck stays common."""
    return log(u / (1.0 - u))


def root(x: float) -> float:
    """Square root of x, 0 below zero: exact to the last bit everywhere, as the standard of floating point asks."""
    return sqrt(positive(x))


def evenly_spread(u: float) -> float:
    """Quantile at u in (0, 1) of the logistic distribution of mean 0 and spread 1."""
    return 0.5513288954217921 * logit(u)  # over the spread of the standard logistic, pi / sqrt(3)


def fat_tailed(u: float) -> float:
    """Quantile at u in (0, 1) of Student's t with four degrees of freedom, scaled to a spread of 1.

    At four degrees of freedom the distribution function can be inverted: with a = 2 sqrt(u (1 - u)) and the root c of
    4 c^3 - 3 c = a that lies between sqrt(3) / 2 and 1, the quantile is +- 2 sqrt(c / a - 1) (Shaw 2006, Journal of
    Computational Finance 9:4, gives the closed form). A polynomial finds the root to 6e-7, one step of Newton's method
    to 6e-13, which is more than luck needs.
    """
    a = 2.0 * sqrt(u * (1.0 - u))
    tail = -0.009054171952536981 + a * 0.0019819065984530405
    tail = 0.021977785571918707 + a * tail
    tail = -0.047553625887928455 + a * tail
    c = 0.8660259824479136 + a * (0.1666225639468768 + a * tail)
    c -= (4.0 * c * c * c - 3.0 * c - a) / (12.0 * c * c - 3.0)
    size = 1.4142135623730951 * sqrt(positive(c / a - 1.0))
    return size if u > HALF else -size


def shared_luck(own: float, common: float, part: float) -> float:
    """Luck of spread 1 of which `part`, 0..1, is common to several: both own and common have a spread of 1."""
    return part * common + root(1.0 - part * part) * own


def saturating(x: float) -> float:
    """x / (1 + x) for x >= 0: rises from 0 towards 1, ever more slowly."""
    return x / (1.0 + x)


def pick(condition: bool, yes: float, no: float) -> float:
    """`yes` where the condition holds, else `no`; both are read first, so that a loop over lanes needs no branch."""
    return yes if condition else no


def larger(a: float, b: float) -> float:
    """The larger of two numbers."""
    return a if a > b else b
