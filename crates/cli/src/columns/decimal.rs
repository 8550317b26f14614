//! Decimal numbers, which Parquet and Arrow store as whole numbers of their last digit.

/// The double nearest to `digits`/10^`scale`.
pub(super) fn decimal(digits: i128, scale: i32) -> f64 {
    /// Powers of ten, and whole numbers, that a double holds exactly: a quotient of two such is rounded once.
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    const LARGEST: u128 = 1 << 53;
    match usize::try_from(scale).ok().and_then(|it| POWERS.get(it)) {
        Some(power) if digits.unsigned_abs() <= LARGEST => digits as f64 / power,
        // What is read from this text is rounded once too.
        _ => format!("{digits}e{}", -i64::from(scale)).parse().unwrap_or(f64::NAN),
    }
}

/// A signed whole number from its bytes, the most significant first; `None` for one of more than 128 bits.
pub(super) fn whole(bytes: impl ExactSizeIterator<Item = u8>) -> Option<i128> {
    const WIDEST: usize = 16;
    let further = bytes.len().saturating_sub(WIDEST);
    let mut value: i128 = 0;
    let mut sign = 0;
    for (i, byte) in bytes.enumerate() {
        if i == 0 {
            sign = if byte >> 7 == 1 { 0xff } else { 0 };
            value = if sign == 0 { 0 } else { -1 };
        }
        if i < further && byte != sign {
            return None;
        }
        if i == further && further > 0 && byte >> 7 != sign >> 7 {
            return None;
        }
        value = value << 8 | i128::from(byte);
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::{decimal, whole};

    #[test]
    fn decimals_are_the_nearest_doubles() {
        assert_eq!(decimal(1234, 2).to_bits(), 12.34_f64.to_bits());
        assert_eq!(decimal(-5, 1).to_bits(), (-0.5_f64).to_bits());
        assert_eq!(decimal(7, -3).to_bits(), 7000.0_f64.to_bits());
        let long = 123_456_789_012_345_678_901_234_567;
        assert_eq!(decimal(long, 20).to_bits(), 1_234_567.890_123_456_8_f64.to_bits());
    }

    #[test]
    fn whole_numbers_keep_their_sign_whatever_their_width() {
        assert_eq!(whole([0x04, 0xd2].into_iter()), Some(1234));
        assert_eq!(whole([0xff, 0xfb].into_iter()), Some(-5));
        let mut wide = [0xff; 32];
        wide[31] = 0xfb;
        assert_eq!(whole(wide.into_iter()), Some(-5));
        wide[3] = 0;
        assert_eq!(whole(wide.into_iter()), None);
    }
}
