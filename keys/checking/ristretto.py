"""The group ristretto255 in whole numbers (RFC 9496): for checking, never for secrets.

An element is four numbers (extended coordinates of RFC 8032); two are the same element
where their 32 bytes are. About two milliseconds a multiplication, and as long as the
factor makes it: a secret of a key holder never comes here.

Proven by tests/unit/keys/test_ristretto.py, against libsodium and the RFC's vectors.
"""

from typing import Final

from keys.errors import InvalidPoint

Element = tuple[int, int, int, int]

POINT_BYTES: Final = 32
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_SQRT_M1: Final = pow(2, (_P - 1) // 4, _P)
_IDENTITY: Final[Element] = (0, 1, 1, 0)
_ONE_MINUS_D_SQUARED: Final = (1 - _D * _D) % _P
_D_MINUS_ONE_SQUARED: Final = (_D - 1) ** 2 % _P
# which of two roots: RFC 9496 section 4.1 names these
_SQRT_AD_MINUS_ONE: Final = (
    25063068953384623474111414158702152701244531502492656460079210482610430750235
)
_INVSQRT_A_MINUS_D: Final = (
    54469307008909316920995813868745141605393597292927456921205312896311721017578
)


def parse_element(data: bytes) -> Element:
    """Give the element of these 32 bytes (section 4.3.1), or raise `InvalidPoint`.

    The identity is refused as well: nobody's evaluation is it.
    """
    s = int.from_bytes(data, "little")
    if len(data) != POINT_BYTES or s >= _P or s & 1 or s == 0:
        raise InvalidPoint
    square = s * s % _P
    u1, u2 = 1 - square, 1 + square
    v = (-(_D * u1 * u1) - u2 * u2) % _P
    is_square, root = _root_of_ratio(1, v * u2 * u2 % _P)
    x = _positive(2 * s * root * u2)
    y = u1 * root * root * u2 * v % _P
    t = x * y % _P
    if not is_square or t & 1 or y == 0:
        raise InvalidPoint
    return x, y, 1, t


def encode_element(element: Element) -> bytes:
    """Give the one encoding of an element (section 4.3.2)."""
    x0, y0, z0, t0 = element
    u1, u2 = (z0 + y0) * (z0 - y0) % _P, x0 * y0 % _P
    _, root = _root_of_ratio(1, u1 * u2 * u2 % _P)
    first, second = root * u1 % _P, root * u2 % _P
    inverse = first * second * t0 % _P
    if t0 * inverse % _P & 1:
        x, y = y0 * _SQRT_M1 % _P, x0 * _SQRT_M1 % _P
        denominator = first * _INVSQRT_A_MINUS_D
    else:
        x, y, denominator = x0, y0, second
    if x * inverse % _P & 1:
        y = -y
    return _positive(denominator * (z0 - y)).to_bytes(POINT_BYTES, "little")


def derive_element(uniform: bytes) -> Element:
    """Map 64 uniform bytes to an element, one way (section 4.3.4)."""
    halves = (uniform[:POINT_BYTES], uniform[POINT_BYTES:])
    numbers = [int.from_bytes(half, "little") % 2**255 % _P for half in halves]
    return add(_map(numbers[0]), _map(numbers[1]))


def add(left: Element, right: Element) -> Element:
    """Give the sum of two elements, which may be the same (RFC 8032 section 5.1.4)."""
    (x1, y1, z1, t1), (x2, y2, z2, t2) = left, right
    a, b = (y1 - x1) * (y2 - x2) % _P, (y1 + x1) * (y2 + x2) % _P
    c, d = 2 * _D * t1 * t2 % _P, 2 * z1 * z2 % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def multiply(factor: int, element: Element) -> Element:
    """Give an element so many times."""
    total = _IDENTITY
    for bit in f"{factor % ORDER:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, element)
    return total


def _root_of_ratio(u: int, v: int) -> tuple[bool, int]:
    """Give SQRT_RATIO_M1 (section 4.2): whether u/v is a square, and a root."""
    cubed = v * v * v % _P
    root = u * cubed * pow(u * cubed * cubed * v, (_P - 5) // 8, _P) % _P
    check = v * root * root % _P
    is_square, is_negative = check == u % _P, check == -u % _P
    if is_negative or check == -u * _SQRT_M1 % _P:
        root = root * _SQRT_M1 % _P
    return is_square or is_negative, _positive(root)


def _map(number: int) -> Element:
    r = _SQRT_M1 * number * number % _P
    u = (r + 1) * _ONE_MINUS_D_SQUARED % _P
    v = (-1 - r * _D) * (r + _D) % _P
    is_square, s = _root_of_ratio(u, v)
    if not is_square:
        s = -_positive(s * number) % _P
    n = ((-1 if is_square else r) * (r - 1) * _D_MINUS_ONE_SQUARED - v) % _P
    w0, w1 = 2 * s * v % _P, n * _SQRT_AD_MINUS_ONE % _P
    w2, w3 = (1 - s * s) % _P, (1 + s * s) % _P
    return w0 * w3 % _P, w2 * w1 % _P, w1 * w3 % _P, w0 * w2 % _P


def _positive(number: int) -> int:
    number %= _P
    return _P - number if number & 1 else number


BASE: Final = parse_element(
    bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
)
"""The group's generator."""
