//! The complementary error function given the exponential in it, which those who need it have at hand.
//!
//! Cody (1969), Rational Chebyshev approximations for the error function, doi 10.1090/S0025-5718-1969-0247736-4. The platform
//! independent `libm::erfc` takes two exponentials; where e^(−x²) is wanted anyway, one serves both.

/// 1/√π.
const ROOT: f64 = 0.564_189_583_547_756_3;

/// Numerator and denominator of erf(x)/x in x², for x ≤ 0.46875.
const SMALL: ([f64; 5], [f64; 5]) = (
    [
        1.857_777_061_846_031_5e-1,
        3.161_123_743_870_565_6,
        1.138_641_541_510_501_6e2,
        3.774_852_376_853_02e2,
        3.209_377_589_138_469_5e3,
    ],
    [
        1.0,
        2.360_129_095_234_412e1,
        2.440_246_379_344_441_7e2,
        1.282_616_526_077_372_3e3,
        2.844_236_833_439_171e3,
    ],
);

/// Those of e^(x²)·erfc(x) in x, for x ≤ 4.
const MIDDLE: ([f64; 9], [f64; 9]) = (
    [
        2.153_115_354_744_038_5e-8,
        5.641_884_969_886_701e-1,
        8.883_149_794_388_376,
        6.611_919_063_714_163e1,
        2.986_351_381_974_001e2,
        8.819_522_212_417_69e2,
        1.712_047_612_634_070_6e3,
        2.051_078_377_826_071_5e3,
        1.230_339_354_797_997_2e3,
    ],
    [
        1.0,
        1.574_492_611_070_983_5e1,
        1.176_939_508_913_125e2,
        5.371_811_018_620_099e2,
        1.621_389_574_566_690_2e3,
        3.290_799_235_733_459_6e3,
        4.362_619_090_143_247e3,
        3.439_367_674_143_721_6e3,
        1.230_339_354_803_749_4e3,
    ],
);

/// Those of x²·(1/√π − x·e^(x²)·erfc(x)) in 1/x², for x above 4.
const LARGE: ([f64; 6], [f64; 6]) = (
    [
        1.631_538_713_730_209_8e-2,
        3.053_266_349_612_323_4e-1,
        3.603_448_999_498_044_4e-1,
        1.257_817_261_112_292_5e-1,
        1.608_378_514_874_228e-2,
        6.587_491_615_298_378e-4,
    ],
    [
        1.0,
        2.568_520_192_289_822,
        1.872_952_849_923_467_3,
        5.279_051_029_514_284e-1,
        6.051_834_131_244_132e-2,
        2.335_204_976_268_691_9e-3,
    ],
);

/// erfc(x) for x ≥ 0, of which the caller has `exponential` = e^(−x²).
pub(super) fn erfc_given(x: f64, exponential: f64) -> f64 {
    if x <= 0.468_75 {
        1.0 - x * ratio(&SMALL, x * x)
    } else if x <= 4.0 {
        exponential * ratio(&MIDDLE, x)
    } else {
        let inverse = 1.0 / (x * x);
        exponential * (ROOT - inverse * ratio(&LARGE, inverse)) / x
    }
}

fn ratio<const N: usize>((above, below): &([f64; N], [f64; N]), x: f64) -> f64 {
    let polynomial = |of: &[f64; N]| of.iter().fold(0.0, |sum, term| sum * x + term);
    polynomial(above) / polynomial(below)
}

#[cfg(test)]
mod tests {
    use super::erfc_given;

    #[test]
    fn it_is_the_complementary_error_function() {
        for step in 0..2600 {
            let x = f64::from(step) / 100.0;
            let (got, expected) = (erfc_given(x, libm::exp(-x * x)), libm::erfc(x));
            // The rounding of x² costs x² units in the last place of its exponential.
            let tolerance = (2.0 + x * x) * f64::EPSILON * expected;
            assert!((got - expected).abs() <= tolerance, "{x}: {got:e} is not {expected:e}");
        }
    }
}
