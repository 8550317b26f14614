//! The batch: every group as if it were alone, errors where they belong, the same numbers on any number of threads.

use consilience_stats::batch::{BatchError, PooledColumns, pool_groups, pool_groups_on};
use consilience_stats::{CiMethod, Effect, Model, PoolError, PoolOptions, Tau2Method, pool};

/// Groups of 0 to 12 studies, drawn by a fixed rule.
fn groups(count: usize) -> (Vec<f64>, Vec<f64>, Vec<usize>) {
    let (mut estimates, mut variances, mut offsets) = (Vec::new(), Vec::new(), vec![0]);
    let mut state = 1_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for group in 0..count {
        for _ in 0..group % 13 {
            estimates.push(2.0 * next() - 0.8);
            variances.push(0.01 + next() * next());
        }
        offsets.push(estimates.len());
    }
    (estimates, variances, offsets)
}

/// The bits of all columns, so that NaN equals NaN.
fn bits(columns: &PooledColumns) -> Vec<Vec<u64>> {
    [
        &columns.estimate,
        &columns.se,
        &columns.ci_lower,
        &columns.ci_upper,
        &columns.p_value,
        &columns.tau2,
        &columns.i2,
        &columns.q,
        &columns.q_p_value,
        &columns.prediction_lower,
        &columns.prediction_upper,
    ]
    .map(|column| column.iter().map(|it| it.to_bits()).collect())
    .to_vec()
}

#[test]
fn every_group_is_pooled_as_if_it_were_alone() {
    let (estimates, variances, offsets) = groups(200);
    for &model in Model::ALL {
        for &ci in CiMethod::ALL {
            let options = PoolOptions { model, ci, ..PoolOptions::default() };
            let batch = pool_groups(&estimates, &variances, &offsets, &options).unwrap();
            assert_eq!(batch.len(), 200);
            for group in 0..200 {
                let effects: Vec<Effect> = (offsets[group]..offsets[group + 1])
                    .map(|i| Effect { estimate: estimates[i], variance: variances[i] })
                    .collect();
                assert_eq!(batch.k[group], effects.len());
                match pool(&effects, &options) {
                    Ok(alone) => {
                        assert_eq!(batch.error(group), None);
                        assert_eq!(batch.estimate[group], alone.estimate);
                        assert_eq!(batch.se[group], alone.se);
                        assert_eq!(batch.ci_lower[group], alone.ci.lower);
                        assert_eq!(batch.ci_upper[group], alone.ci.upper);
                        assert_eq!(batch.p_value[group], alone.p_value);
                        assert_eq!(batch.tau2[group], alone.tau2);
                        assert_eq!(batch.i2[group], alone.i2);
                        assert_eq!(batch.q[group], alone.q);
                        assert_eq!(batch.q_p_value[group], alone.q_p_value);
                        match alone.prediction {
                            Some(interval) => {
                                assert_eq!(batch.prediction_lower[group], interval.lower);
                                assert_eq!(batch.prediction_upper[group], interval.upper);
                            }
                            None => assert!(batch.prediction_lower[group].is_nan()),
                        }
                    }
                    Err(error) => {
                        assert_eq!(batch.error(group), Some(&error));
                        assert!(batch.estimate[group].is_nan());
                    }
                }
            }
        }
    }
}

#[test]
fn the_numbers_do_not_depend_on_the_number_of_threads() {
    let (estimates, variances, offsets) = groups(20_000);
    let options = PoolOptions::default();
    let one = pool_groups_on(1, &estimates, &variances, &offsets, &options).unwrap();
    for threads in [0, 2, 3, 7] {
        let many = pool_groups_on(threads, &estimates, &variances, &offsets, &options).unwrap();
        assert_eq!(many.k, one.k);
        assert_eq!(many.errors, one.errors);
        assert_eq!(bits(&many), bits(&one));
    }
}

#[test]
fn a_group_that_cannot_be_pooled_does_not_stop_the_others() {
    let estimates = [0.1, 0.3, f64::NAN, 0.2, 0.4, 0.2];
    let variances = [0.01, 0.02, 0.01, 0.03, -1.0, 0.02];
    let dl = Model::RandomEffects(Tau2Method::DerSimonianLaird);
    let options = PoolOptions { model: dl, ..PoolOptions::default() };
    let batch = pool_groups(&estimates, &variances, &[0, 2, 4, 4, 6], &options).unwrap();
    assert_eq!(batch.k, [2, 2, 0, 2]);
    assert!(batch.estimate[0].is_finite());
    assert!(matches!(batch.error(1), Some(PoolError::NotFinite { study: 0, .. })));
    assert_eq!(batch.error(2), Some(&PoolError::NoStudies));
    assert_eq!(batch.error(3), Some(&PoolError::VarianceNotPositive { study: 0, found: -1.0 }));
    assert_eq!(batch.error(4), None);
}

#[test]
fn impossible_offsets_and_options_are_refused() {
    let (y, v) = ([0.1, 0.2, 0.3], [0.01, 0.01, 0.01]);
    let options = PoolOptions::default();
    let refusal = |offsets: &[usize]| pool_groups(&y, &v, offsets, &options).unwrap_err();
    assert_eq!(refusal(&[]), BatchError::Start { found: None });
    assert_eq!(refusal(&[1, 3]), BatchError::Start { found: Some(1) });
    assert_eq!(refusal(&[0, 2]), BatchError::End { found: 2, studies: 3 });
    assert_eq!(refusal(&[0, 3, 2, 3]), BatchError::Descending { position: 2, found: 2, before: 3 });
    assert_eq!(
        pool_groups(&y, &v[..2], &[0, 3], &options).unwrap_err(),
        BatchError::Columns { estimates: 3, variances: 2 }
    );
    let level = PoolOptions { level: 95.0, ..options };
    assert!(matches!(pool_groups(&y, &v, &[0, 3], &level), Err(BatchError::Options(_))));
    assert!(pool_groups(&[], &[], &[0], &options).unwrap().is_empty());
}
