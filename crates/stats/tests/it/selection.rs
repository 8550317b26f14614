//! Selection models, on the BCG trials unless said otherwise.

use consilience_stats::selection::{
    Alternative, Decline, Heterogeneity, Imprecision, SelectionError, SelectionFit,
    SelectionFunction, SelectionOptions, fit_selection_model, selection_log_likelihood,
};
use consilience_stats::{Design, Effect, Model, PoolOptions, Tau2Method, pool};
use proptest::prelude::{ProptestConfig, Strategy, prop_assert, proptest};

use crate::data::{assert_close, bcg_risk_ratios};

fn options(function: SelectionFunction, alternative: Alternative) -> SelectionOptions {
    SelectionOptions {
        function,
        alternative,
        heterogeneity: Heterogeneity::Estimated,
        fixed: Vec::new(),
        level: 0.95,
    }
}

fn step(cuts: &[f64], alternative: Alternative) -> SelectionOptions {
    options(SelectionFunction::Step { cuts: cuts.to_vec() }, alternative)
}

fn decreasing(decline: Decline, alternative: Alternative) -> SelectionOptions {
    let function = SelectionFunction::Decreasing { decline, threshold: None, imprecision: None };
    options(function, alternative)
}

fn fit(options: &SelectionOptions) -> SelectionFit {
    let effects = bcg_risk_ratios();
    fit_selection_model(&effects, &Design::intercept(effects.len()), options).unwrap()
}

/// Selection function, alternative, mean, tau2, parameters; log-likelihood.
type Point = (SelectionFunction, Alternative, f64, f64, &'static [f64], f64);

#[test]
fn the_likelihood_is_that_of_arithmetic_with_25_digits() {
    use Alternative::{Greater, Less, TwoSided};
    use Decline::{HalfNormal, Logistic, NegativeExponential, NegativeExponentialPower, Power};
    let function = |decline, threshold, imprecision| SelectionFunction::Decreasing {
        decline,
        threshold,
        imprecision,
    };
    let step = SelectionFunction::Step { cuts: vec![0.05, 0.5] };
    // mpmath 1.2, adaptive quadrature at 25 digits of the definition, at these parameters.
    let cases: [Point; 12] = [
        (SelectionFunction::Beta, Less, -0.5, 0.3, &[0.7, 1.8], -19.897446899659158),
        (SelectionFunction::Beta, TwoSided, -0.5, 0.3, &[0.7, 1.8], -23.547455923868185),
        (function(HalfNormal, None, None), TwoSided, -0.5, 0.3, &[2.0], -15.180508505548003),
        (function(HalfNormal, None, None), Greater, -0.5, 0.3, &[60.0], -583.27390445745117),
        (
            function(NegativeExponential, None, Some(Imprecision::StandardError)),
            Less,
            -0.5,
            0.3,
            &[1.5],
            -12.963137810995965,
        ),
        (function(Logistic, Some(0.05), None), Less, -0.5, 0.3, &[2.0], -12.940463837194108),
        (
            function(Power, None, Some(Imprecision::Variance)),
            TwoSided,
            -0.5,
            0.3,
            &[0.8],
            -13.063494272119604,
        ),
        (function(Power, Some(0.1), None), Less, -0.5, 0.3, &[0.8], -12.651953087374036),
        (
            function(NegativeExponentialPower, None, None),
            Less,
            -0.5,
            0.3,
            &[2.0, 3.0],
            -13.668918362544106,
        ),
        (
            function(NegativeExponentialPower, Some(0.05), None),
            TwoSided,
            -0.5,
            0.3,
            &[2.0, 0.4],
            -15.135014981443193,
        ),
        (step, TwoSided, -0.5, 0.3, &[1.0, 0.4, 0.2], -14.503610251692347),
        (function(HalfNormal, None, None), Less, -0.4, 0.0, &[2.0], -71.211260981541358),
    ];
    let effects = bcg_risk_ratios();
    let design = Design::intercept(effects.len());
    for (function, alternative, mu, tau2, delta, expected) in cases {
        let options = options(function, alternative);
        let at = (&[mu][..], tau2, delta);
        let got = selection_log_likelihood(&effects, &design, &options, at).unwrap();
        assert!((got / expected - 1.0).abs() < 1e-11, "{options:?}: {got:.17} {expected:.17}");
    }
}

#[test]
fn a_step_function_is_metafors() {
    let fit = fit(&step(&[0.025, 0.5], Alternative::Less));
    let wald = fit.coefficients[0].wald.unwrap();
    // metafor 3.8-1, selmodel with BFGS to a relative tolerance of 1e-14.
    assert_close(fit.coefficients[0].value, -0.671196974029, 1e-6);
    assert_close(wald.se, 0.279968517630, 1e-6);
    assert_close(fit.tau2, 0.263901614661, 1e-6);
    assert_close(fit.se_tau2.unwrap(), 0.156256670013, 1e-6);
    assert_eq!(fit.parameters[0].value, 1.0);
    assert_close(fit.parameters[1].value, 0.631549217549, 1e-6);
    assert_close(fit.parameters[2].wald.unwrap().se, 1.359944364979, 1e-6);
    assert_close(fit.selection_test.statistic, 0.346919808311, 1e-6);
    assert_close(fit.heterogeneity_test.unwrap().statistic, 112.172909041143, 1e-7);
    assert_close(fit.log_likelihood, -12.4916164441, 1e-10);
    assert_close(fit.q_m.unwrap().statistic, 5.747534464469, 1e-6);
    let counts: Vec<usize> = fit.intervals.unwrap().iter().map(|it| it.studies).collect();
    assert_eq!(counts, [8, 3, 2]);
}

#[test]
fn two_sided_selection_moderators_and_a_common_effect_are_metafors() {
    let two_sided = fit(&step(&[0.05], Alternative::TwoSided));
    assert_close(two_sided.coefficients[0].value, -0.6880357584054, 1e-6);
    assert_close(two_sided.parameters[1].value, 0.8649298771815, 1e-6);
    assert_close(two_sided.log_likelihood, -12.6492136221, 1e-10);
    let effects = bcg_risk_ratios();
    let latitude = [44., 55., 42., 52., 13., 44., 19., 13., 27., 42., 18., 33., 33.];
    let design = Design::builder(13).numeric("ablat", &latitude).build().unwrap();
    let regression =
        fit_selection_model(&effects, &design, &step(&[0.025], Alternative::Less)).unwrap();
    assert_close(regression.coefficients[0].value, 0.35873691815856, 1e-5);
    assert_close(regression.coefficients[1].value, -0.03045460353209, 1e-5);
    assert_close(regression.coefficients[1].wald.unwrap().se, 0.00519470546304, 1e-5);
    assert_close(regression.q_m.unwrap().statistic, 34.3703570315, 1e-5);
    let common = fit(&SelectionOptions {
        heterogeneity: Heterogeneity::None,
        ..step(&[0.025], Alternative::Less)
    });
    assert_close(common.coefficients[0].value, -0.409939600564, 1e-6);
    assert_close(common.coefficients[0].wald.unwrap().se, 0.043295084537, 1e-6);
    assert_close(common.parameters[1].wald.unwrap().se, 0.233379147764, 1e-6);
    assert_eq!((common.tau2, common.heterogeneity_test), (0.0, None));
}

#[test]
fn a_threshold_keeps_significant_studies_alike() {
    let function = SelectionFunction::Decreasing {
        decline: Decline::HalfNormal,
        threshold: Some(0.05),
        imprecision: None,
    };
    let fit = fit(&options(function, Alternative::Less));
    // metafor 3.8-1 has -0.617992 and 0.9135: its quadrature misses the step at the threshold by 3e-4 of the
    // log-likelihood. With 15 digits (mpmath) its maximum has -12.586944541, this one -12.586940749503041.
    assert_close(fit.coefficients[0].value, -0.617992235938, 1e-3);
    assert_close(fit.parameters[0].value, 0.913518252263, 5e-3);
    assert_close(fit.log_likelihood, -12.586940749503041, 1e-12);
}

#[test]
fn values_held_are_not_estimated() {
    // Vevea & Woods (2005), doi 10.1037/1082-989X.10.4.428, table 1: moderate one-tailed selection.
    let cuts = [0.005, 0.01, 0.05, 0.1, 0.25, 0.35, 0.5, 0.65, 0.75, 0.9, 0.95, 0.99, 0.995, 1.0];
    let moderate =
        [1.0, 0.99, 0.95, 0.8, 0.75, 0.65, 0.6, 0.55, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5].map(Some);
    let options = SelectionOptions { fixed: moderate.to_vec(), ..step(&cuts, Alternative::Less) };
    let fit = fit(&options);
    // metafor 3.8-1.
    assert_close(fit.coefficients[0].value, -0.592778679725514, 1e-5);
    assert_close(fit.tau2, 0.32216076292442486, 1e-5);
    assert_eq!((fit.estimated, fit.selection_test.p_value), (2, None));
    assert!(fit.parameters.iter().all(|it| it.wald.is_none()));
}

#[test]
fn without_selection_the_model_is_maximum_likelihood() {
    let options = SelectionOptions {
        fixed: vec![Some(0.0)],
        ..decreasing(Decline::NegativeExponential, Alternative::Greater)
    };
    let fit = fit(&options);
    let model = Model::RandomEffects(Tau2Method::MaximumLikelihood);
    let pooled =
        pool(&bcg_risk_ratios(), &PoolOptions { model, ..PoolOptions::default() }).unwrap();
    assert_close(fit.coefficients[0].value, pooled.estimate, 1e-9);
    assert_close(fit.tau2, pooled.tau2, 1e-8);
    assert!(fit.selection_test.statistic < 1e-9);
}

#[test]
fn impossible_functions_are_refused_with_the_reason() {
    let effects = bcg_risk_ratios();
    let design = Design::intercept(effects.len());
    let error = |options: &SelectionOptions| {
        fit_selection_model(&effects, &design, options).unwrap_err().to_string()
    };
    assert_eq!(
        error(&step(&[0.5, 0.1], Alternative::Less)),
        "cut point 2 is 0.1; expected ascending numbers between 0 and 1"
    );
    assert_eq!(
        error(&step(&[1.0], Alternative::Less)),
        "no cut point below 1 given; expected at least one, such as 0.025"
    );
    let held = SelectionOptions { fixed: vec![None], ..step(&[0.05], Alternative::Less) };
    assert_eq!(error(&held), "1 values for a selection function with 2 parameters");
    let given = SelectionOptions {
        heterogeneity: Heterogeneity::Given(-1.0),
        ..step(&[0.05], Alternative::Less)
    };
    assert_eq!(error(&given), "tau2 is given as -1; expected a finite number, 0 or more");
    let few = fit_selection_model(&effects[..3], &design, &held);
    assert_eq!(few, Err(SelectionError::Rows { rows: 13, studies: 3 }));
}

fn studies() -> impl Strategy<Value = Vec<Effect>> {
    proptest::collection::vec((-1.0..2.0, 0.02..0.5), 8..20).prop_map(|studies| {
        studies.into_iter().map(|(estimate, variance)| Effect { estimate, variance }).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn mirrored_studies_have_the_mirrored_model(effects in studies()) {
        let mirrored: Vec<Effect> =
            effects.iter().map(|e| Effect { estimate: -e.estimate, ..*e }).collect();
        let design = Design::intercept(effects.len());
        let cuts = [0.1];
        let there = fit_selection_model(&effects, &design, &step(&cuts, Alternative::Greater));
        let back = fit_selection_model(&mirrored, &design, &step(&cuts, Alternative::Less));
        if let (Ok(there), Ok(back)) = (there, back) {
            prop_assert!((there.coefficients[0].value + back.coefficients[0].value).abs() < 1e-12);
            prop_assert!((there.log_likelihood - back.log_likelihood).abs() < 1e-12);
        }
    }

    #[test]
    fn no_point_near_the_maximum_is_higher(effects in studies(), shift in -0.1..0.1_f64, factor in 0.8..1.2_f64) {
        let design = Design::intercept(effects.len());
        for options in [
            step(&[0.05, 0.3], Alternative::Greater),
            decreasing(Decline::NegativeExponential, Alternative::Greater),
            options(SelectionFunction::Beta, Alternative::TwoSided),
        ] {
            let Ok(fit) = fit_selection_model(&effects, &design, &options) else { continue };
            let mut delta: Vec<f64> = fit.parameters.iter().map(|it| it.value).collect();
            let last = delta.len() - 1;
            delta[last] = (delta[last] * factor).min(100.0);
            let at = (&[fit.coefficients[0].value + shift][..], fit.tau2 * factor, &delta[..]);
            let beside = selection_log_likelihood(&effects, &design, &options, at).unwrap();
            prop_assert!(beside <= fit.log_likelihood + 1e-9);
        }
    }

    #[test]
    fn units_do_not_matter(effects in studies(), unit in -6.0..6.0) {
        let unit = libm::exp(unit);
        let scaled: Vec<Effect> = effects
            .iter()
            .map(|e| Effect { estimate: unit * e.estimate, variance: unit * unit * e.variance })
            .collect();
        let design = Design::intercept(effects.len());
        let options = step(&[0.05], Alternative::Greater);
        let plain = fit_selection_model(&effects, &design, &options);
        let scaled = fit_selection_model(&scaled, &design, &options);
        if let (Ok(plain), Ok(scaled)) = (plain, scaled) {
            let k = effects.len() as f64;
            let shift = k * libm::log(unit);
            prop_assert!((plain.log_likelihood - scaled.log_likelihood - shift).abs() < 1e-6);
        }
    }
}

#[test]
fn weights_are_those_of_the_functions_written_out() {
    let weight = |function: &SelectionFunction, p, parameters: &[f64]| {
        function.weight(p, parameters).unwrap()
    };
    let of =
        |decline| SelectionFunction::Decreasing { decline, threshold: None, imprecision: None };
    assert_close(weight(&of(Decline::HalfNormal), 0.5, &[2.0]), libm::exp(-0.5), 1e-14);
    assert_close(weight(&of(Decline::NegativeExponential), 0.5, &[2.0]), libm::exp(-1.0), 1e-14);
    assert_close(weight(&of(Decline::Power), 0.5, &[2.0]), 0.25, 1e-14);
    assert_close(weight(&SelectionFunction::Beta, 0.25, &[2.0, 2.0]), 0.1875, 1e-14);
    let steps = SelectionFunction::Step { cuts: vec![0.025, 0.5, 1.0] };
    for (p, expected) in [(0.0, 1.0), (0.025, 1.0), (0.026, 0.6), (0.5, 0.6), (1.0, 0.2)] {
        assert_close(weight(&steps, p, &[1.0, 0.6, 0.2]), expected, 0.0);
    }
    assert_eq!(steps.weight(0.1, &[1.0, 0.5]), None);
    assert_eq!(SelectionFunction::Beta.weight(1.5, &[2.0, 2.0]), None);
    assert!(weight(&SelectionFunction::Beta, 0.0, &[0.5, 0.5]).is_finite());
}
