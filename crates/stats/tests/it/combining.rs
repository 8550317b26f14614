//! Combining p values and counting votes, against R.

use consilience_stats::{
    Direction, PoolError, fisher, one_sided, stouffer, stouffer_weighted, vote_count,
};

use crate::data::assert_close;

const P_VALUES: [f64; 5] = [0.01, 0.2, 0.3, 0.04, 0.6];

#[test]
fn fishers_statistic_has_two_degrees_of_freedom_per_study() {
    let combined = fisher(&P_VALUES).unwrap();
    assert_close(combined.statistic, 22.2965647027646, 1e-13);
    assert_eq!((combined.k, combined.df), (5, Some(10.0)));
    assert_close(combined.p_value, 0.0136630516634461, 1e-12);
}

#[test]
fn stouffers_statistic_is_normal() {
    let combined = stouffer(&P_VALUES).unwrap();
    assert_close(combined.statistic, 2.32090823743244, 1e-13);
    assert_close(combined.p_value, 0.010145898439182, 1e-12);
    assert_eq!(combined.df, None);
}

#[test]
fn weights_tilt_stouffers_statistic() {
    let combined = stouffer_weighted(&P_VALUES, &[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
    assert_close(combined.statistic, 1.52622676811245, 1e-13);
    assert_close(combined.p_value, 0.063476699617379, 1e-12);
}

#[test]
fn one_p_value_combined_is_itself() {
    assert_close(fisher(&[0.03]).unwrap().p_value, 0.03, 1e-14);
    assert_close(stouffer(&[0.03]).unwrap().p_value, 0.03, 1e-14);
}

#[test]
fn a_two_sided_p_value_splits_by_direction() {
    assert_close(one_sided(0.04, Direction::Positive), 0.02, 1e-15);
    assert_close(one_sided(0.04, Direction::Negative), 0.98, 1e-15);
}

#[test]
fn impossible_p_values_are_refused_by_position() {
    assert_eq!(
        fisher(&[0.5, 0.0]).unwrap_err().to_string(),
        "p value 2 is 0; expected a number between 0 and 1"
    );
    assert!(matches!(stouffer(&[f64::NAN]), Err(PoolError::PValueOutOfRange { position: 0, .. })));
    assert_eq!(stouffer(&[]), Err(PoolError::NoStudies));
    assert_eq!(
        stouffer_weighted(&[0.5], &[1.0, 1.0]),
        Err(PoolError::UnequalLengths { left: 1, right: 2 })
    );
    assert!(matches!(
        stouffer_weighted(&[0.5], &[0.0]),
        Err(PoolError::WeightNotPositive { position: 0, .. })
    ));
}

#[test]
fn votes_are_rs_prop_test_and_binom_test() {
    // positive, negative; Wilson and exact limits, p
    for (positive, negative, expected) in [
        (
            8,
            2,
            [0.490162471536642, 0.943317848545625, 0.443904537692359, 0.974789273673167, 0.109375],
        ),
        (10, 0, [0.722467200137111, 1.0, 0.691502892181239, 1.0, 0.001953125]),
        (0, 4, [0.0, 0.489890836454597, 0.0, 0.602364635616475, 0.125]),
        (3, 3, [0.187616306482651, 0.812383693517349, 0.118117248757025, 0.881882751242975, 1.0]),
        (1, 0, [0.206549314377238, 1.0, 0.025, 1.0, 1.0]),
    ] {
        let votes = vote_count(positive, negative).unwrap();
        let got = [
            votes.interval.lower,
            votes.interval.upper,
            votes.exact_interval.lower,
            votes.exact_interval.upper,
            votes.p_value,
        ];
        for (got, expected) in got.into_iter().zip(expected) {
            assert_close(got, expected, 1e-12);
        }
        assert_eq!(votes.total, positive + negative);
    }
}

#[test]
fn no_votes_are_refused() {
    assert_eq!(vote_count(0, 0), Err(PoolError::NoStudies));
    assert_eq!(vote_count(u64::MAX, 1), Err(PoolError::Overflow));
}
