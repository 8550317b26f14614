//! Generalised linear mixed models and beta-binomial regression: published and independently computed values, invariants,
//! and hard inputs.

use consilience_stats::glmm::{
    BetaBinomialOptions, Dispersion, Glmm, GlmmEffects, GlmmError, GlmmOptions, GroupCoding,
    ProportionLink, Quadrature, RateModel, StudyLevels, TableMeasure, TableModel,
    beta_binomial_proportions, beta_binomial_tables, glmm_bivariate, glmm_incidence_rates,
    glmm_proportions, glmm_rates, glmm_tables,
};
use consilience_stats::{Design, Matrix, Proportion, Rate, TwoByTwo};
use proptest::prelude::*;

use super::data::{assert_close, bcg_tables};

/// Niël-Weise et al. (2007), doi 10.1007/s00134-007-0897-3, as in Stijnen, Hamza & Özdemir (2010), Table I: catheter-related
/// infections with coated and with plain catheters; events and patients of each.
const CATHETERS: [[f64; 4]; 18] = [
    [0.0, 116.0, 3.0, 117.0],
    [1.0, 44.0, 3.0, 35.0],
    [2.0, 208.0, 9.0, 195.0],
    [0.0, 130.0, 7.0, 136.0],
    [5.0, 151.0, 6.0, 157.0],
    [1.0, 98.0, 4.0, 139.0],
    [1.0, 174.0, 3.0, 177.0],
    [1.0, 74.0, 2.0, 39.0],
    [1.0, 97.0, 19.0, 103.0],
    [1.0, 113.0, 2.0, 122.0],
    [0.0, 66.0, 7.0, 64.0],
    [0.0, 70.0, 1.0, 58.0],
    [3.0, 188.0, 5.0, 175.0],
    [6.0, 187.0, 11.0, 180.0],
    [0.0, 118.0, 0.0, 105.0],
    [0.0, 252.0, 1.0, 262.0],
    [1.0, 345.0, 3.0, 362.0],
    [4.0, 64.0, 1.0, 69.0],
];

/// Niël-Weise et al. (2008), doi 10.1016/j.jhin.2008.02.020, as in Stijnen et al. (2010): infections and catheter days of each group.
const CATHETER_DAYS: [[f64; 4]; 9] = [
    [7.0, 1344.0, 11.0, 1988.0],
    [8.0, 1600.0, 8.0, 1461.0],
    [3.0, 12012.0, 14.0, 10962.0],
    [6.0, 1536.0, 10.0, 1503.0],
    [1.0, 370.0, 1.0, 483.0],
    [1.0, 729.0, 8.0, 913.0],
    [17.0, 6760.0, 15.0, 6840.0],
    [3.0, 1107.0, 7.0, 1015.0],
    [2.0, 320.0, 3.0, 440.0],
];

/// Zhou, Brizendine & Pritz (1999), Statistics in Medicine 18, 557-566: patients who improved among those treated for cerebral
/// vasospasm.
const PRITZ: [[f64; 2]; 14] = [
    [16.0, 17.0],
    [10.0, 12.0],
    [4.0, 8.0],
    [43.0, 58.0],
    [10.0, 10.0],
    [25.0, 42.0],
    [13.0, 14.0],
    [12.0, 12.0],
    [22.0, 41.0],
    [4.0, 5.0],
    [5.0, 6.0],
    [18.0, 23.0],
    [58.0, 68.0],
    [6.0, 10.0],
];

const FIXED: StudyLevels = StudyLevels::Fixed(GroupCoding::Contrast);
const RANDOM: StudyLevels =
    StudyLevels::Random { coding: GroupCoding::Contrast, correlated: false };
const LOGISTIC: TableModel = TableModel::Unconditional(TableMeasure::OddsRatio, FIXED);

fn table([events_e, n_e, events_c, n_c]: [f64; 4]) -> TwoByTwo {
    TwoByTwo { events_e, n_e, events_c, n_c }
}

fn catheters() -> Vec<TwoByTwo> {
    CATHETERS.map(table).to_vec()
}

fn rates(first: usize) -> Vec<Rate> {
    CATHETER_DAYS
        .iter()
        .map(|row| Rate { events: row[first], person_time: row[first + 1] })
        .collect()
}

fn proportions(rows: &[[f64; 2]]) -> Vec<Proportion> {
    rows.iter().map(|&[events, n]| Proportion { events, n }).collect()
}

fn fit(tables: &[TwoByTwo], model: TableModel, options: &GlmmOptions) -> Result<Glmm, GlmmError> {
    glmm_tables(tables, &Design::intercept(tables.len()), model, options)
}

fn common() -> GlmmOptions {
    GlmmOptions { effects: GlmmEffects::Common, ..GlmmOptions::default() }
}

fn with_points(points: usize) -> GlmmOptions {
    GlmmOptions { quadrature: Quadrature::Points(points), ..GlmmOptions::default() }
}

#[test]
fn the_exact_conditional_model_agrees_with_direct_integration() {
    // Simpson's rule with 400 intervals over the exact hypergeometric probabilities (integer binomial coefficients), maximised by
    // Newton's method with differences. metafor 3.8-1 prints beta -1.3532, se 0.3511, tau2 0.6935 for the same data.
    let found = fit(&catheters(), TableModel::ExactConditional, &with_points(31)).unwrap();
    assert_eq!(found.k, 17);
    assert_close(found.coefficients[0].estimate, -1.353158237, 1e-6);
    assert_close(found.coefficients[0].se, 0.351040407, 1e-5);
    assert_close(found.tau2, 0.693458295, 1e-5);
    assert_close(found.fit.ll, -24.944456633, 1e-8);
}

#[test]
fn models_of_tables_agree_with_metafor() {
    // metafor 3.8-1, rma.glmm(measure="OR", data=dat.bcg): beta, tau2, QE.Wld, QE.LRT, I2. Its search ends at about four digits.
    let expected = [
        (LOGISTIC, -0.745013466, 0.294893648, 163.164915185, 176.954448188, 91.023505658),
        (
            TableModel::Unconditional(TableMeasure::OddsRatio, RANDOM),
            -0.761584038,
            0.319835501,
            161.195457173,
            174.131678537,
            91.665177815,
        ),
        (
            TableModel::ApproximateConditional,
            -0.722116996,
            0.288710351,
            147.906081603,
            161.820963366,
            90.848849486,
        ),
    ];
    for (model, beta, tau2, wald, lrt, i2) in expected {
        let points = if model == expected[1].0 { 1 } else { 7 };
        let found = fit(&bcg_tables(), model, &with_points(points)).unwrap();
        assert_close(found.coefficients[0].estimate, beta, 2e-4);
        assert_close(found.tau2, tau2, 2e-4);
        assert_close(found.q_wald, wald, 5e-3);
        assert_close(found.q_lrt, lrt, 1e-5);
        assert_close(found.i2, i2, 1e-4);
    }
}

#[test]
fn standard_errors_of_the_laplace_fit_have_all_digits() {
    // The likelihood's Laplace approximation in 30 digits (mpmath), modes by Newton's method to 1e-25, Hessian by differences.
    // lme4's numerical Hessian gives 0.1814646.
    let model = TableModel::Unconditional(TableMeasure::OddsRatio, RANDOM);
    let found = fit(&bcg_tables(), model, &with_points(1)).unwrap();
    assert_close(found.coefficients[0].estimate, -0.761648958306, 1e-8);
    assert_close(found.coefficients[0].se, 0.1821413512, 1e-8);
    assert_close(found.tau2, 0.565561441145 * 0.565561441145, 1e-8);
    assert_close(found.sigma2.unwrap(), 1.36440478693 * 1.36440478693, 1e-8);
}

#[test]
fn exact_conditional_common_effects_have_all_digits() {
    // Hine et al. (1989), doi 10.1001/archinte.1989.00390120056011, lidocaine after myocardial infarction, as in Normand (1999):
    // estimate, standard error and heterogeneity of the conditional maximum-likelihood estimates in 30 digits (mpmath).
    let hine = [
        [2.0, 39.0, 1.0, 43.0],
        [4.0, 44.0, 4.0, 44.0],
        [6.0, 107.0, 4.0, 110.0],
        [7.0, 103.0, 5.0, 100.0],
        [7.0, 110.0, 3.0, 106.0],
        [11.0, 154.0, 4.0, 146.0],
    ];
    let found = fit(&hine.map(table), TableModel::ExactConditional, &common()).unwrap();
    assert_close(found.coefficients[0].estimate, 0.578373835242, 1e-10);
    assert_close(found.coefficients[0].se, 0.279842011743, 1e-10);
    assert_close(found.q_wald, 1.51108436115, 1e-9);
}

#[test]
fn models_of_rates_agree_with_metafor() {
    // metafor 3.8-1, rma.glmm(measure="IRR", data=dat.nielweise2008), models UM.FS and CM.EL.
    let design = Design::intercept(9);
    for (model, beta, se, tau2) in [
        (RateModel::Unconditional(FIXED), -0.458744539, 0.224826543, 0.095621655),
        (RateModel::Conditional, -0.476239431, 0.237700428, 0.122561383),
    ] {
        let found =
            glmm_rates(&rates(0), &rates(2), &design, model, &GlmmOptions::default()).unwrap();
        assert_close(found.coefficients[0].estimate, beta, 2e-4);
        assert_close(found.coefficients[0].se, se, 2e-4);
        assert_close(found.tau2, tau2, 1e-3);
    }
}

#[test]
fn models_of_proportions_agree_with_metafor() {
    // metafor 3.8-1, rma.glmm(measure="PLO", data=dat.pritz1997).
    let design = Design::intercept(14);
    let options = with_points(7);
    let found =
        glmm_proportions(&proportions(&PRITZ), &design, ProportionLink::Logit, &options).unwrap();
    assert_close(found.coefficients[0].estimate, 1.376604389, 1e-5);
    assert_close(found.coefficients[0].se, 0.288387188, 1e-5);
    assert_close(found.tau2, 0.589330902, 1e-4);
}

#[test]
fn the_likelihood_is_exact_however_much_the_groups_differ() {
    // R 4.2.2: nlm() of the sum of ln Σ dbinom(x, n, plogis(μ + τz))·dnorm(z) over 4,001 equal steps from -9 to 9: μ, τ², log-likelihood.
    // With 31 points Gauss-Hermite quadrature finds τ² 23.318 in the second.
    let hard = [[0.0, 5.0], [222.0, 355.0], [24.0, 24.0], [0.0, 9.0], [4.0, 25.0]];
    for (groups, [mean, tau2, log_likelihood]) in [
        (&PRITZ[..], [1.376_594_39, 0.589_309_53, -32.605_447_315]),
        (&hard[..], [-1.359_692_7, 23.344_471, -14.320_523_122]),
    ] {
        let design = Design::intercept(groups.len());
        let options = GlmmOptions::default();
        let link = ProportionLink::Logit;
        let found = glmm_proportions(&proportions(groups), &design, link, &options).unwrap();
        assert_close(found.coefficients[0].estimate, mean, 1e-7);
        assert_close(found.tau2, tau2, 1e-7);
        assert_close(found.fit.ll, log_likelihood, 1e-9);
    }
}

#[test]
fn groups_without_events_have_a_likelihood_on_the_risk_scale() {
    // Where risks are normal the part of the distribution below 0 has likelihood 0; the integral ends there.
    let groups = proportions(&[[0.0, 20.0], [3.0, 30.0], [9.0, 40.0], [2.0, 25.0], [12.0, 50.0]]);
    let design = Design::intercept(5);
    let options = GlmmOptions::default();
    let found = glmm_proportions(&groups, &design, ProportionLink::Identity, &options).unwrap();
    assert!(found.tau2 > 0.0 && (0.05..0.25).contains(&found.coefficients[0].estimate));
}

#[test]
fn beta_binomial_of_one_group_agrees_with_the_published_fit() {
    // Geissler's families of 12 children in Saxony: Lindsey & Altham (1998), doi 10.1111/1467-9876.00103; the estimates
    // α 34.09558, β 31.5715, log-likelihood -12492.9 and AIC 24989.74 (25070.34 for the binomial) are printed with the data in the
    // article "Beta-binomial distribution" of the English Wikipedia.
    let families = [3, 24, 104, 286, 670, 1033, 1343, 1112, 829, 478, 181, 45, 7];
    let groups: Vec<Proportion> = (0..13)
        .flat_map(|boys| {
            core::iter::repeat_n(Proportion { events: boys as f64, n: 12.0 }, families[boys])
        })
        .collect();
    let design = Design::intercept(groups.len());
    let options = BetaBinomialOptions::default();
    let found =
        beta_binomial_proportions(&groups, &design, ProportionLink::Logit, &options).unwrap();
    let logit = found.coefficients[0].estimate;
    let mean = 1.0 / (1.0 + libm::exp(-logit));
    let total = 1.0 / found.rho[0].estimate - 1.0;
    assert_close(mean * total, 34.09558, 5e-4);
    assert_close((1.0 - mean) * total, 31.5715, 5e-4);
    assert!((found.fit.ll - -12492.9).abs() < 0.05);
    assert!((found.fit.aic - 24989.74).abs() < 0.005);
    assert!((found.overdispersion - (25070.34 - 24989.74 + 2.0)).abs() < 0.01);
    // The same by R's lbeta, nlminb and numDeriv.
    assert_close(found.coefficients[0].se, 0.00797476744, 1e-5);
    assert_close(found.rho[0].estimate, 0.0149967550, 1e-5);
    assert_close(found.rho[0].se.unwrap(), 0.00180588910, 1e-4);
}

#[test]
fn beta_binomial_regression_agrees_with_the_published_fit() {
    // Crowder (1978), doi 10.2307/2346223, Table 3: seeds germinated, two genotypes and two extracts. betabin() of R's
    // aod prints, in the documentation of agridat's crowder.seeds, -0.44 (0.22), -0.10 (0.27), 0.52 (0.30), 0.80 (0.38).
    let counts = [
        [10.0, 39.0],
        [23.0, 62.0],
        [23.0, 81.0],
        [26.0, 51.0],
        [17.0, 39.0],
        [5.0, 6.0],
        [53.0, 74.0],
        [55.0, 72.0],
        [32.0, 51.0],
        [46.0, 79.0],
        [10.0, 13.0],
        [8.0, 16.0],
        [10.0, 30.0],
        [8.0, 28.0],
        [23.0, 45.0],
        [0.0, 4.0],
        [3.0, 12.0],
        [22.0, 41.0],
        [15.0, 30.0],
        [32.0, 51.0],
        [3.0, 7.0],
    ];
    let new_genotype = |row: usize| f64::from(u8::from(row < 11));
    let cucumber = |row: usize| f64::from(u8::from((5..11).contains(&row) || row >= 16));
    let matrix = Matrix::from_fn(21, 4, |row, column| match column {
        0 => 1.0,
        1 => new_genotype(row),
        2 => cucumber(row),
        _ => new_genotype(row) * cucumber(row),
    });
    let names = ["intrcpt", "genotype", "extract", "both"].map(String::from).to_vec();
    let design = Design::from_matrix(matrix, names).unwrap();
    let options = BetaBinomialOptions::default();
    let found =
        beta_binomial_proportions(&proportions(&counts), &design, ProportionLink::Logit, &options)
            .unwrap();
    let printed = [(-0.44, 0.22), (-0.10, 0.27), (0.52, 0.30), (0.80, 0.38)];
    // The same by R's lbeta, nlminb and numDeriv.
    let exact = [
        (-0.4445599275, 0.2182556707),
        (-0.0973902499, 0.2736686473),
        (0.5221434253, 0.2968227583),
        (0.7979241949, 0.3779548700),
    ];
    for (it, (printed, exact)) in found.coefficients.iter().zip(printed.iter().zip(exact)) {
        assert!((it.estimate - printed.0).abs() < 0.005 && (it.se - printed.1).abs() < 0.005);
        assert!((it.estimate - exact.0).abs() < 1e-6);
        assert_close(it.se, exact.1, 1e-5);
    }
    assert_close(found.rho[0].estimate, 0.0123609033, 1e-5);
    assert_close(found.fit.ll, -53.7667633649, 1e-9);
}

#[test]
fn beta_binomial_effects_agree_with_an_independent_fit() {
    // Kuss (2015), doi 10.1002/sim.6383, applied to the catheter trials, the one without events included: R's lbeta maximised by
    // nlminb, standard errors by numDeriv; one correlation for both groups, then one for each.
    let tables = catheters();
    let design = Design::intercept(tables.len());
    let options = BetaBinomialOptions::default();
    for (measure, common, own) in [
        (TableMeasure::OddsRatio, (-1.01213653, 0.343296847), (-1.30149250, 0.378972095)),
        (TableMeasure::RiskRatio, (-0.986964312, 0.336015264), (-1.27048842, 0.370126755)),
        (
            TableMeasure::RiskDifference,
            (-0.0244962940, 0.00829396613),
            (-0.0301689824, 0.0100833221),
        ),
    ] {
        for (dispersion, (beta, se)) in [(Dispersion::Common, common), (Dispersion::PerGroup, own)]
        {
            let found =
                beta_binomial_tables(&tables, &design, (measure, dispersion), &options).unwrap();
            assert_close(found.coefficients[0].estimate, beta, 2e-6);
            assert_close(found.coefficients[0].se, se, 1e-4);
            let (rho, ll) = match dispersion {
                Dispersion::Common => (0.0213522969, -79.9272195815),
                Dispersion::PerGroup => (0.0094762821, -79.0390317445),
            };
            assert_close(found.rho[0].estimate, rho, 2e-5);
            assert_close(found.fit.ll, ll, 1e-9);
        }
    }
}

#[test]
fn without_overdispersion_beta_binomial_is_binomial_regression() {
    let alike = vec![table([10.0, 100.0, 20.0, 100.0]); 5];
    let found = beta_binomial_tables(
        &alike,
        &Design::intercept(5),
        (TableMeasure::OddsRatio, Dispersion::Common),
        &BetaBinomialOptions::default(),
    )
    .unwrap();
    assert_eq!(found.rho[0].estimate, 0.0);
    assert_eq!((found.overdispersion, found.overdispersion_p_value), (0.0, 1.0));
    assert_close(found.coefficients[0].estimate, libm::log(10.0 / 90.0 * (80.0 / 20.0)), 1e-10);
    let variance: f64 = (1.0 / 50.0 + 1.0 / 450.0) + (1.0 / 100.0 + 1.0 / 400.0);
    assert_close(found.coefficients[0].se, variance.sqrt(), 1e-9);
}

#[test]
fn more_points_only_refine_the_answer() {
    let at = |points| {
        let model = TableModel::Unconditional(TableMeasure::OddsRatio, RANDOM);
        fit(&bcg_tables(), model, &with_points(points)).unwrap()
    };
    let (laplace, seven, fine) = (at(1), at(7), at(21));
    assert_close(seven.fit.ll, fine.fit.ll, 1e-6);
    assert_close(laplace.fit.ll, fine.fit.ll, 1e-2);
    assert_close(seven.tau2, fine.tau2, 1e-3);
}

#[test]
fn rare_events_make_the_conditional_likelihoods_alike() {
    let tables: Vec<TwoByTwo> = [[3.0, 7.0], [10.0, 12.0], [2.0, 9.0], [5.0, 4.0], [8.0, 20.0]]
        .iter()
        .map(|&[a, c]| table([a, 1e6, c, 1e6]))
        .collect();
    let exact = fit(&tables, TableModel::ExactConditional, &with_points(15)).unwrap();
    let approximate = fit(&tables, TableModel::ApproximateConditional, &with_points(15)).unwrap();
    assert_close(exact.coefficients[0].estimate, approximate.coefficients[0].estimate, 1e-4);
    assert_close(exact.coefficients[0].se, approximate.coefficients[0].se, 1e-4);
}

#[test]
fn giant_studies_are_as_good_as_small_ones() {
    let tables: Vec<TwoByTwo> = [[3e6, 7e6], [1e7, 1.2e7], [2e6, 2.1e6], [50.0, 40.0]]
        .map(|[a, c]| table([a, 1e9, c, 1e9]))
        .to_vec();
    let exact = fit(&tables, TableModel::ExactConditional, &GlmmOptions::default()).unwrap();
    let logistic = fit(&tables, LOGISTIC, &GlmmOptions::default()).unwrap();
    assert_close(exact.coefficients[0].estimate, logistic.coefficients[0].estimate, 1e-3);
    assert_close(exact.tau2, logistic.tau2, 1e-2);
    for measure in [TableMeasure::OddsRatio, TableMeasure::RiskRatio] {
        let found = beta_binomial_tables(
            &tables,
            &Design::intercept(4),
            (measure, Dispersion::Common),
            &BetaBinomialOptions::default(),
        )
        .unwrap();
        assert!(found.rho[0].estimate > 0.0 && found.coefficients[0].se > 0.0);
    }
}

#[test]
fn a_bivariate_fit_of_like_studies_has_no_variation() {
    let sensitivity = proportions(&[[45.0, 50.0], [90.0, 100.0], [18.0, 20.0]]);
    let specificity = proportions(&[[40.0, 50.0], [80.0, 100.0], [16.0, 20.0]]);
    let found = glmm_bivariate(&sensitivity, &specificity, &GlmmOptions::default()).unwrap();
    assert_eq!((found.tau2, found.rho), ([0.0, 0.0], None));
    assert_close(found.means[0].estimate, libm::log(9.0), 1e-10);
    assert_close(found.means[1].estimate, libm::log(4.0), 1e-10);
}

#[test]
fn a_moderator_in_calendar_years_costs_no_digits() {
    let years: Vec<f64> = (0..13).map(|i| 1948.0 + 3.0 * f64::from(i)).collect();
    let since: Vec<f64> = years.iter().map(|year| year - 1970.0).collect();
    let slope = |values: &[f64]| {
        let design = Design::builder(13).numeric("year", values).build().unwrap();
        glmm_tables(&bcg_tables(), &design, LOGISTIC, &GlmmOptions::default()).unwrap()
    };
    let (far, near) = (slope(&years), slope(&since));
    assert_close(far.coefficients[1].estimate, near.coefficients[1].estimate, 1e-8);
    assert_close(far.coefficients[1].se, near.coefficients[1].se, 1e-8);
    assert_close(far.tau2, near.tau2, 1e-8);
}

#[test]
fn no_events_at_all_is_an_error() {
    let none = vec![table([0.0, 50.0, 0.0, 60.0]); 3];
    for model in [LOGISTIC, TableModel::ExactConditional, TableModel::ApproximateConditional] {
        assert_eq!(fit(&none, model, &GlmmOptions::default()), Err(GlmmError::NoStudies));
    }
    let groups = proportions(&[[0.0, 20.0], [0.0, 30.0]]);
    let options = GlmmOptions::default();
    let found = glmm_proportions(&groups, &Design::intercept(2), ProportionLink::Logit, &options);
    assert_eq!(found, Err(GlmmError::Separated));
    let rates = [Rate { events: 0.0, person_time: 10.0 }, Rate { events: 0.0, person_time: 9.0 }];
    let found = glmm_incidence_rates(&rates, &Design::intercept(2), &options);
    assert_eq!(found, Err(GlmmError::Separated));
}

#[test]
fn all_events_on_one_side_is_an_error() {
    let separated = vec![table([0.0, 50.0, 5.0, 60.0]), table([0.0, 40.0, 3.0, 30.0])];
    for model in [
        LOGISTIC,
        TableModel::Unconditional(TableMeasure::RiskRatio, FIXED),
        TableModel::Unconditional(TableMeasure::OddsRatio, RANDOM),
        TableModel::ExactConditional,
        TableModel::ApproximateConditional,
    ] {
        for options in [common(), GlmmOptions::default()] {
            assert_eq!(fit(&separated, model, &options), Err(GlmmError::Separated), "{model:?}");
        }
    }
    let found = beta_binomial_tables(
        &separated,
        &Design::intercept(2),
        (TableMeasure::OddsRatio, Dispersion::Common),
        &BetaBinomialOptions::default(),
    );
    assert_eq!(found, Err(GlmmError::Separated));
}

#[test]
fn one_study_has_its_own_effect_and_no_heterogeneity() {
    let one = [table([5.0, 50.0, 12.0, 60.0])];
    for options in [common(), GlmmOptions::default()] {
        let found = fit(&one, LOGISTIC, &options).unwrap();
        assert_eq!((found.tau2, found.q_wald, found.q_lrt, found.q_df), (0.0, 0.0, 0.0, 0.0));
        let log_odds_ratio = libm::log(5.0 / 45.0 / (12.0 / 48.0));
        assert_close(found.coefficients[0].estimate, log_odds_ratio, 1e-10);
        let variance: f64 = 1.0 / 5.0 + 1.0 / 45.0 + 1.0 / 12.0 + 1.0 / 48.0;
        assert_close(found.coefficients[0].se, variance.sqrt(), 1e-9);
    }
}

#[test]
fn a_study_without_events_may_stay_and_changes_nothing() {
    let mut options = GlmmOptions::default();
    let dropped = fit(&catheters(), LOGISTIC, &options).unwrap();
    options.zero_cells.drop00 = false;
    let kept = fit(&catheters(), LOGISTIC, &options).unwrap();
    assert_eq!((dropped.k, kept.k), (17, 18));
    assert_close(kept.coefficients[0].estimate, dropped.coefficients[0].estimate, 1e-9);
    assert_close(kept.fit.ll, dropped.fit.ll, 1e-12);
}

#[test]
fn impossible_requests_are_refused() {
    let tables = catheters();
    let refused = |options: GlmmOptions| fit(&tables, LOGISTIC, &options).unwrap_err();
    let level = GlmmOptions { level: 1.0, ..GlmmOptions::default() };
    assert_eq!(refused(level), GlmmError::LevelOutOfRange { found: 1.0 });
    assert_eq!(refused(with_points(0)), GlmmError::PointsOutOfRange { found: 0 });
    let found = glmm_tables(&tables, &Design::intercept(3), LOGISTIC, &common());
    assert_eq!(found, Err(GlmmError::DesignRows { found: 3, expected: 18 }));
    let same = vec![2.0; 18];
    let design = Design::builder(18).numeric("constant", &same).build().unwrap();
    let found = glmm_tables(&tables, &design, LOGISTIC, &common());
    assert_eq!(found, Err(GlmmError::Collinear { column: "constant".into() }));
    let halves = [table([1.5, 20.0, 3.0, 20.0]), table([2.0, 20.0, 3.0, 20.0])];
    let found = fit(&halves, TableModel::ExactConditional, &common());
    assert!(matches!(found, Err(GlmmError::NotWhole { study: 0, .. })));
    let impossible = [table([21.0, 20.0, 3.0, 20.0])];
    assert!(matches!(
        fit(&impossible, LOGISTIC, &common()),
        Err(GlmmError::Study { study: 0, .. })
    ));
}

fn some_tables() -> impl Strategy<Value = Vec<TwoByTwo>> {
    prop::collection::vec((1_u32..15, 16_u32..200, 1_u32..15, 16_u32..200), 2..9).prop_map(|rows| {
        rows.iter().map(|&(a, n_e, c, n_c)| table([a, n_e, c, n_c].map(f64::from))).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn exchanging_the_groups_changes_the_sign_alone(tables in some_tables()) {
        let exchanged: Vec<TwoByTwo> =
            tables.iter().map(|t| table([t.events_c, t.n_c, t.events_e, t.n_e])).collect();
        for model in [LOGISTIC, TableModel::ExactConditional, TableModel::ApproximateConditional] {
            let here = fit(&tables, model, &GlmmOptions::default()).unwrap();
            let there = fit(&exchanged, model, &GlmmOptions::default()).unwrap();
            let sum = here.coefficients[0].estimate + there.coefficients[0].estimate;
            prop_assert!(sum.abs() < 1e-6, "{model:?} {sum}");
            prop_assert!((here.tau2 - there.tau2).abs() < 1e-6);
            prop_assert!((here.coefficients[0].se / there.coefficients[0].se - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn the_order_of_studies_does_not_matter(tables in some_tables()) {
        let mut turned = tables.clone();
        turned.reverse();
        let here = fit(&tables, LOGISTIC, &GlmmOptions::default()).unwrap();
        let there = fit(&turned, LOGISTIC, &GlmmOptions::default()).unwrap();
        prop_assert!((here.coefficients[0].estimate - there.coefficients[0].estimate).abs() < 1e-7);
        prop_assert!((here.tau2 - there.tau2).abs() < 1e-6);
    }

    #[test]
    fn heterogeneity_never_lowers_the_likelihood(tables in some_tables()) {
        for model in [LOGISTIC, TableModel::ExactConditional] {
            let one = fit(&tables, model, &common()).unwrap();
            let many = fit(&tables, model, &GlmmOptions::default()).unwrap();
            prop_assert!(many.fit.ll >= one.fit.ll - 1e-9);
            prop_assert!(many.tau2 > 0.0 || (many.fit.ll - one.fit.ll).abs() < 1e-9);
            if many.tau2 == 0.0 {
                prop_assert!((many.coefficients[0].se / one.coefficients[0].se - 1.0).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn random_levels_are_found_or_refused_with_a_reason(tables in some_tables()) {
        let model = TableModel::Unconditional(TableMeasure::OddsRatio, RANDOM);
        let found = fit(&tables, model, &with_points(1)).unwrap();
        prop_assert!(found.sigma2.unwrap() >= 0.0 && found.coefficients[0].se > 0.0);
    }

    #[test]
    fn beta_binomial_odds_ratios_turn_with_the_groups(tables in some_tables()) {
        let exchanged: Vec<TwoByTwo> =
            tables.iter().map(|t| table([t.events_c, t.n_c, t.events_e, t.n_e])).collect();
        let design = Design::intercept(tables.len());
        let fit = |tables: &[TwoByTwo]| {
            let choice = (TableMeasure::OddsRatio, Dispersion::Common);
            beta_binomial_tables(tables, &design, choice, &BetaBinomialOptions::default()).unwrap()
        };
        let (here, there) = (fit(&tables), fit(&exchanged));
        prop_assert!((here.coefficients[0].estimate + there.coefficients[0].estimate).abs() < 1e-6);
        prop_assert!((here.fit.ll - there.fit.ll).abs() < 1e-8);
    }
}
