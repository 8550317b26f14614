//! One group: standard deviations, means from medians, groups put together.

use consilience_stats::{
    EffectError, FiveNumber, FiveNumberMethod, MeanSd, Shape, combine_groups,
    log_mean_sd_from_geometric_mean, mean_sd_of_grades, mean_sd_of_log_normal, sd_from_ci,
    sd_from_ci_normal, sd_from_cv, sd_from_iqr, sd_from_se, skewness_test,
};

use super::{Answer, Conversion, Given, Input, LEVEL, Takes, exact, measured};

const N: Input = exact("n", "number of people");
const SD: &str = "standard deviation";

pub(super) const CONVERSIONS: &[Conversion] = &[
    Conversion {
        name: "sd-from-se",
        title: "SD from the standard error of a mean",
        inputs: &[measured("se", "standard error of the mean"), N],
        method: "SD = se × √n",
        source: "Cochrane Handbook 6.5.2.2",
        assumes: &["the number is the standard error of one group's mean, not of a difference"],
        is_estimate: false,
        compute: |given| Ok(sd(sd_from_se(given.number("se"), given.number("n"))?)),
    },
    Conversion {
        name: "sd-from-ci",
        title: "SD from the confidence interval of a mean",
        inputs: &[
            measured("lower", "lower limit"),
            measured("upper", "upper limit"),
            N,
            LEVEL,
            DISTRIBUTION,
        ],
        method: "SD = √n × (upper − lower) / (2t), t of n − 1 degrees of freedom (or z)",
        source: "Cochrane Handbook 6.5.2.2",
        assumes: &["the interval is that of one group's mean and symmetric about it"],
        is_estimate: false,
        compute: |given| {
            let by = if given.word("distribution") == "z" { sd_from_ci_normal } else { sd_from_ci };
            let (lower, upper) = (given.number("lower"), given.number("upper"));
            Ok(sd(by(lower, upper, given.number("n"), given.level())?))
        },
    },
    Conversion {
        name: "sd-from-iqr",
        title: "SD from the quartiles of a large, symmetric sample",
        inputs: &[measured("q1", "first quartile"), measured("q3", "third quartile")],
        method: "SD = (q3 − q1) / 1.35",
        source: "Cochrane Handbook 6.5.2.5",
        assumes: &[
            "a normal outcome",
            "a large sample; mean-sd-from-five-number knows the sample's size",
        ],
        is_estimate: true,
        compute: |given| Ok(sd(sd_from_iqr(given.number("q1"), given.number("q3"))?)),
    },
    Conversion {
        name: "sd-from-cv",
        title: "SD from a coefficient of variation",
        inputs: &[measured("cv", "coefficient of variation, in percent"), measured("mean", "mean")],
        method: "SD = CV × |mean|",
        source: "definition",
        assumes: &["the coefficient is that of people, not of repeated measurements"],
        is_estimate: false,
        compute: |given| Ok(sd(sd_from_cv(given.number("cv") / 100.0, given.number("mean"))?)),
    },
    Conversion {
        name: "mean-sd-from-five-number",
        title: "Mean and SD from a median with its quartiles, the range, or both",
        inputs: &[
            N,
            measured("min", "smallest value").or(""),
            measured("q1", "first quartile").or(""),
            measured("median", "median"),
            measured("q3", "third quartile").or(""),
            measured("max", "greatest value").or(""),
            METHOD,
        ],
        method: "luo: Luo (2018) for the mean, Wan (2014) or Shi (2020) for the SD; log-normal: Shi (2020); qe, bc: McGrath (2020); mln: Cai (2021)",
        source: "doi 10.1177/0962280216669183, 10.1186/1471-2288-14-135, 10.1002/jrsm.1429, 10.1177/0962280220904386, \
                 10.1177/0962280219889080, 10.1177/09622802211047348",
        assumes: &[
            "luo, wan, hozo, bland, walter-yao: a normal outcome",
            "log-normal: a log-normal one",
            "qe, bc, mln: one of a family of shapes",
        ],
        is_estimate: true,
        compute: from_five_number,
    },
    Conversion {
        name: "log-mean-sd-from-geometric-mean",
        title: "Mean and SD, of the log and of the values, from a geometric mean with its interval",
        inputs: &[
            measured("mean", "geometric mean"),
            measured("lower", "lower limit"),
            measured("upper", "upper limit"),
            N,
            LEVEL,
        ],
        method: "on the log scale SD = √n × (ln upper − ln lower) / (2t); back: mean = exp(μ + σ²/2), SD = mean × √(exp(σ²) − 1)",
        source: "Cochrane Handbook 10.5.3; Higgins (2008), doi 10.1002/sim.3427",
        assumes: &["a log-normal outcome"],
        is_estimate: true,
        compute: from_geometric_mean,
    },
    Conversion {
        name: "combine-groups",
        title: "One group from several, as if summarised together",
        inputs: &[
            Input { takes: Takes::ExactList, ..exact("n", "numbers of people, as 40,35,20") },
            Input { takes: Takes::MeasuredList, ..measured("mean", "means") },
            Input { takes: Takes::MeasuredList, ..measured("sd", "standard deviations") },
        ],
        method: "SD² = [Σ(nᵢ − 1)sᵢ² + Σnᵢ(mᵢ − m)²] / (N − 1)",
        source: "Cochrane Handbook table 6.5.a",
        assumes: &["nobody is in two of the groups"],
        is_estimate: false,
        compute: |given| {
            let (n, mean, sd) = (given.list("n"), given.list("mean"), given.list("sd"));
            let shortest = n.len().min(mean.len()).min(sd.len());
            if n.len().max(mean.len()).max(sd.len()) != shortest {
                let (found, minimum) =
                    (shortest as f64, n.len().max(mean.len()).max(sd.len()) as f64);
                return Err(EffectError::TooFew { quantity: "shortest list", found, minimum });
            }
            let groups: Vec<MeanSd> =
                (0..shortest).map(|i| MeanSd { n: n[i], mean: mean[i], sd: sd[i] }).collect();
            Ok(mean_sd(&combine_groups(&groups)?))
        },
    },
    Conversion {
        name: "mean-sd-of-grades",
        title: "Mean and SD of an ordinal scale from the number of people at each grade",
        inputs: &[
            Input { takes: Takes::ExactList, ..exact("grade", "grades, as 0,1,2,3,4") },
            Input { takes: Takes::ExactList, ..exact("n", "people at each grade") },
        ],
        method: "the sample's own mean and SD",
        source: "definition; Cochrane Handbook 6.7 on when an ordinal scale may be averaged",
        assumes: &["the steps between grades are equal"],
        is_estimate: false,
        compute: |given| {
            let (grades, people) = (given.list("grade"), given.list("n"));
            if grades.len() != people.len() {
                let (found, minimum) = (people.len() as f64, grades.len() as f64);
                return Err(EffectError::TooFew {
                    quantity: "list of people at each grade",
                    found,
                    minimum,
                });
            }
            let counted = grades.into_iter().zip(people.into_iter().map(whole)).collect::<Vec<_>>();
            Ok(mean_sd(&mean_sd_of_grades(&counted)?))
        },
    },
];

const DISTRIBUTION: Input = Input {
    name: "distribution",
    meaning: "t (the default) or z: what the interval was made with",
    takes: Takes::Word(&["t", "z"]),
    default: Some("t"),
};

const METHOD: Input = Input {
    name: "method",
    meaning: "luo (the default), wan, hozo, bland, walter-yao, log-normal, qe, bc or mln",
    takes: Takes::Word(&[
        "luo",
        "wan",
        "hozo",
        "bland",
        "walter-yao",
        "log-normal",
        "qe",
        "bc",
        "mln",
    ]),
    default: Some("luo"),
};

/// A count of people; what is none becomes 0.
fn whole(n: f64) -> u64 {
    format!("{n}").parse().unwrap_or(0)
}

fn sd(value: f64) -> Answer {
    Answer::default().give("sd", SD, value)
}

fn mean_sd(value: &MeanSd) -> Answer {
    Answer::default()
        .give("n", "number of people", value.n)
        .give("mean", "mean", value.mean)
        .give("sd", SD, value.sd)
}

fn from_five_number(given: &Given) -> Result<Answer, EffectError> {
    let optional = |name| given.optional(name);
    let median = given.number("median");
    let summary = match (optional("min"), optional("q1"), optional("q3"), optional("max")) {
        (Some(min), Some(q1), Some(q3), Some(max)) => FiveNumber::Full { min, q1, median, q3, max },
        (None, Some(q1), Some(q3), None) => FiveNumber::Quartiles { q1, median, q3 },
        (Some(min), None, None, Some(max)) => FiveNumber::RangeOnly { min, median, max },
        _ => {
            return Err(EffectError::Nothing {
                quantity: "pair of quartiles (q1 and q3) or of extremes (min and max)",
            });
        }
    };
    let n = given.number("n");
    let word = given.word("method");
    let method = FiveNumberMethod::ALL.into_iter().find(|it| it.name() == word).unwrap_or_default();
    let found = method.estimate(&summary, n)?;
    let mut answer =
        Answer::default().give("mean", "mean", found.value.mean).give("sd", SD, found.value.sd);
    if let Some(shape) = found.shape {
        answer = answer.warn(described(shape));
    }
    let test = skewness_test(&summary, n);
    if let Some(test) = test.ok().filter(|it| it.skewed && method.assumes_normal()) {
        answer = answer.warn(format!(
            "the numbers are skewed (Shi 2023: {:.3} reaches {:.3}): a mean and SD of a normal outcome may mislead; compare \
             method=qe or log-normal, or analyse medians",
            test.statistic, test.critical
        ));
    }
    Ok(answer)
}

fn described(shape: Shape) -> String {
    match shape {
        Shape::Normal { mean, sd } => {
            format!("read from a normal distribution, mean {mean:.4}, SD {sd:.4}")
        }
        Shape::LogNormal { location, scale } => {
            format!(
                "read from a log-normal distribution, mean of the log {location:.4}, SD of the log {scale:.4}"
            )
        }
        Shape::Gamma { shape, scale } => {
            format!("read from a gamma distribution, shape {shape:.4}, scale {scale:.4}")
        }
        Shape::Weibull { shape, scale } => {
            format!("read from a Weibull distribution, shape {shape:.4}, scale {scale:.4}")
        }
        Shape::Beta { a, b } => format!("read from a beta distribution, shapes {a:.4} and {b:.4}"),
        Shape::BoxCox { lambda, location, scale } => format!(
            "normal after a Box-Cox transformation with λ {lambda:.4}, there mean {location:.4}, SD {scale:.4}"
        ),
    }
}

fn from_geometric_mean(given: &Given) -> Result<Answer, EffectError> {
    let (mean, lower, upper) = (given.number("mean"), given.number("lower"), given.number("upper"));
    let of_log =
        log_mean_sd_from_geometric_mean(mean, lower, upper, given.number("n"), given.level())?;
    let natural = mean_sd_of_log_normal(&of_log)?;
    Ok(Answer::default()
        .give("log_mean", "mean of the log", of_log.mean)
        .give("log_sd", "standard deviation of the log", of_log.sd)
        .give("mean", "mean", natural.mean)
        .give("sd", SD, natural.sd))
}
