//! `permutest`.

use consilience_stats::resample::permutation::{Permutations, Tail, permutation_test};

use super::case::{Case, Outcome, not_yet};
use super::fit::Fit;

pub(crate) fn run(case: &Case) -> Outcome {
    let fit = match Fit::of(case, &case.args()["model"]) {
        Ok(fit) => fit,
        Err(reason) => return not_yet(reason),
    };
    let mut compare = case.compare();
    let test = fit
        .run()
        .and_then(|fit| Ok((permutation_test(&fit, Permutations::Exact, Tail::Both)?, fit)));
    match test {
        Ok((test, fit)) => {
            compare.number("n_perm", test.arrangements as f64);
            compare.numbers("pval", &test.p_values);
            compare.number("QMp", test.q_m_p_value);
            let statistics: Vec<f64> = fit.coefficients.iter().map(|it| it.statistic).collect();
            compare.numbers("zval_obs", &statistics);
            compare.number("QM_obs", fit.q_m.statistic);
        }
        Err(error) => compare.fail(error.to_string()),
    }
    compare.done()
}
