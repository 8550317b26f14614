//! The forms in which numbers are printed: means, medians, events, grades, and what is said of one arm against another.

use super::Subject;
use crate::cells::{Out, Row};
use crate::printed::{PValue, Printed};

/// A printed confidence interval.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintedInterval {
    /// Lower limit.
    pub lower: Printed,
    /// Upper limit.
    pub upper: Printed,
    /// Level in percent; 95 when not printed.
    pub level: Option<Printed>,
}

impl PrintedInterval {
    /// The level as a share, 0.95 for 95%.
    pub fn level_share(&self) -> f64 {
        self.level.as_ref().map_or(0.95, |it| it.value() / 100.0)
    }
}

/// A number of people, or pairs, in one ordinal grade.
#[derive(Debug, Clone, PartialEq)]
pub struct GradeCount {
    /// The grade, as a number.
    pub grade: Printed,
    /// How many had it.
    pub count: u64,
}

/// Which arm a printed direction favours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Favours {
    /// This arm.
    Arm(String),
    /// Neither: the text says that there was no difference.
    Neither,
    /// The text leaves it open, or its findings conflict.
    Unclear,
}

impl Favours {
    fn parse(text: &str) -> Self {
        match text.to_lowercase().as_str() {
            "neither" => Self::Neither,
            "unclear" => Self::Unclear,
            _ => Self::Arm(text.to_owned()),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Arm(arm) => arm,
            Self::Neither => "neither",
            Self::Unclear => "unclear",
        }
    }
}

/// A result's numbers, in the form in which they were printed.
#[derive(Debug, Clone, PartialEq)]
pub enum Reported {
    /// A mean, with whichever measures of spread were printed.
    Mean {
        /// The mean.
        mean: Printed,
        /// The standard deviation.
        sd: Option<Printed>,
        /// The standard error.
        se: Option<Printed>,
        /// A confidence interval of the mean.
        ci: Option<PrintedInterval>,
    },
    /// A median, with quartiles or range.
    Median {
        /// The median.
        median: Printed,
        /// First and third quartile.
        quartiles: Option<(Printed, Printed)>,
        /// Smallest and largest value.
        range: Option<(Printed, Printed)>,
    },
    /// How many had an event; with the time at risk, a rate.
    Events {
        /// How many.
        events: Printed,
        /// Person-time at risk.
        person_time: Option<Printed>,
    },
    /// How many had each grade of an ordinal scale.
    Grades(Vec<GradeCount>),
    /// What was said of one arm against another.
    Contrast {
        /// The effect and what it is.
        effect: Option<ContrastEffect>,
        /// The P value.
        p_value: Option<PValue>,
        /// The test that gave it.
        p_test: Option<String>,
        /// The direction.
        favours: Option<Favours>,
    },
    /// Nothing that can be used, and why.
    Missing(String),
}

/// An effect of a contrast, as printed: ratios as ratios.
#[derive(Debug, Clone, PartialEq)]
pub struct ContrastEffect {
    /// The number.
    pub effect: Printed,
    /// What it is: `MD`, `RR`, `HR`, …
    pub measure: String,
    /// Its standard error, on the analysis scale (of the logarithm, for ratios).
    pub se: Option<Printed>,
    /// Its confidence interval.
    pub ci: Option<PrintedInterval>,
}

const FORM_FIELDS: [(&str, &[&str]); 5] = [
    ("mean", &["mean", "sd"]),
    ("median", &["median", "q1", "q3", "min", "max"]),
    ("events", &["events", "person_time"]),
    ("grades", &["grades"]),
    ("missing", &["missing"]),
];
const CONTRAST_FIELDS: &[&str] = &["effect", "effect_measure", "p_value", "p_test", "favours"];

/// Reads the numbers: the cells that are filled in say which form they have.
pub(super) fn read_reported(row: &mut Row, subject: &Subject) -> Option<Reported> {
    let forms: Vec<(&str, &str)> = FORM_FIELDS
        .iter()
        .filter_map(|(form, fields)| row.first_of(fields).map(|field| (*form, field)))
        .collect();
    let contrast = row.first_of(CONTRAST_FIELDS);
    if let (Some(field), Subject::Arm(_)) = (contrast, subject) {
        row.problem(field, "no such value for a single arm", "name the other arm in `versus`");
        return None;
    }
    let is_contrast = matches!(subject, Subject::Contrast { .. });
    match (forms.as_slice(), is_contrast) {
        ([("missing", _)], _) if contrast.is_none() => {
            warn_of_spread(row, "missing");
            row.text("missing").map(Reported::Missing)
        }
        ([], true) => read_contrast(row),
        ([("missing", _)], true) => {
            let there = contrast.unwrap_or("effect");
            row.problem(
                "missing",
                format!("nothing, since `{there}` is there"),
                "leave `missing` empty, or use `note`",
            );
            None
        }
        ([(_, field), ..], true) => {
            row.problem(field, "no value of a single arm in a contrast", "leave `versus` empty");
            None
        }
        ([], false) => {
            if let Some(field) = row.first_of(&["se", "ci_lower", "ci_upper"]) {
                row.problem(
                    "mean",
                    format!("the mean to which `{field}` belongs"),
                    "fill in `mean`",
                );
            } else {
                row.problem(
                    "missing",
                    "a result: a mean, median, events or grades",
                    "fill one in, or say in `missing` why there is none",
                );
            }
            None
        }
        ([(form, _)], false) => read_arm_form(row, form),
        ([(first, _), (_, field), ..], false) => {
            let (first, field) = (*first, *field);
            row.problem(
                field,
                format!("one form in a row, and `{first}` is there"),
                "use a row for each",
            );
            None
        }
    }
}

/// Says that the standard error or interval of a row is not kept: the columns are those of a mean or an effect, and
/// an interval of a median is neither.
fn warn_of_spread(row: &mut Row, form: &str) {
    if let Some(field) = row.first_of(&["se", "ci_lower", "ci_upper"]) {
        let found = format!("a value that is not kept beside `{form}`");
        row.warn(field, found, "the spread of a `mean` or an `effect`", "put it into `note`");
    }
}

fn read_arm_form(row: &mut Row, form: &str) -> Option<Reported> {
    if form != "mean" {
        warn_of_spread(row, form);
    }
    match form {
        "mean" => {
            if !row.has("mean") {
                row.problem("mean", "the mean to which `sd` belongs", "fill in `mean`");
            }
            let mean = row.printed("mean");
            let sd = row.printed_if("sd", |it| it >= 0.0, "a standard deviation of 0 or more");
            let se = row.printed_if("se", |it| it >= 0.0, "a standard error of 0 or more");
            let ci = read_interval(row);
            Some(Reported::Mean { mean: mean?, sd, se, ci })
        }
        "median" => {
            if !row.has("median") {
                row.problem("median", "the median to which these belong", "fill in `median`");
            }
            let median = row.printed("median");
            let quartiles = read_pair(row, "q1", "q3");
            let range = read_pair(row, "min", "max");
            let median = median?;
            check_order(row, &median, quartiles.as_ref(), range.as_ref());
            Some(Reported::Median { median, quartiles, range })
        }
        "events" => {
            let expected = "a number of events, 0 or more";
            let events = row.printed_if("events", |it| it >= 0.0, expected);
            if !row.has("events") {
                row.problem("events", expected, "fill in `events`");
            }
            let person_time = row.printed_if("person_time", |it| it > 0.0, "a time above 0");
            Some(Reported::Events { events: events?, person_time })
        }
        "grades" => read_grades(row).map(Reported::Grades),
        _ => row.text("missing").map(Reported::Missing),
    }
}

/// Two numbers that only make sense together, the first not above the second.
fn read_pair(row: &mut Row, low: &str, high: &str) -> Option<(Printed, Printed)> {
    match (row.has(low), row.has(high)) {
        (false, false) => None,
        (true, false) => {
            row.problem(
                high,
                format!("a number, since `{low}` is there"),
                "fill in both or neither",
            );
            None
        }
        (false, true) => {
            row.problem(
                low,
                format!("a number, since `{high}` is there"),
                "fill in both or neither",
            );
            None
        }
        (true, true) => {
            let (first, second) = (row.printed(low), row.printed(high));
            let (first, second) = (first?, second?);
            if first.value() > second.value() {
                row.problem(high, format!("a number not below `{low}` ({first})"), "check both");
            }
            Some((first, second))
        }
    }
}

fn check_order(
    row: &mut Row,
    median: &Printed,
    quartiles: Option<&(Printed, Printed)>,
    range: Option<&(Printed, Printed)>,
) {
    for ((low, high), names) in quartiles
        .map(|it| (it, "`q1` and `q3`"))
        .into_iter()
        .chain(range.map(|it| (it, "`min` and `max`")))
    {
        if !(low.value()..=high.value()).contains(&median.value()) {
            row.problem(
                "median",
                format!("a median between {names} ({low} and {high})"),
                "check them",
            );
        }
    }
    if let (Some((q1, q3)), Some((min, max))) = (quartiles, range)
        && (q1.value() < min.value() || q3.value() > max.value())
    {
        row.problem("q1", "quartiles within `min` and `max`", "check them");
    }
}

fn read_interval(row: &mut Row) -> Option<PrintedInterval> {
    let (lower, upper) = read_pair(row, "ci_lower", "ci_upper")?;
    let level = row.level("ci_level");
    Some(PrintedInterval { lower, upper, level })
}

/// Reads `1:0 2:17 3:11 4:0`.
fn read_grades(row: &mut Row) -> Option<Vec<GradeCount>> {
    const EXPECTED: &str = "counts per grade such as `1:0 2:17 3:11 4:0`";
    let text = row.text("grades")?;
    let mut grades: Vec<GradeCount> = Vec::new();
    for item in text.split_whitespace() {
        let pair = item.split_once(':').and_then(|(grade, count)| {
            Some(GradeCount { grade: Printed::parse(grade).ok()?, count: count.parse().ok()? })
        });
        let Some(pair) = pair else {
            row.problem_found(
                "grades",
                format!("`{item}`"),
                EXPECTED,
                "write GRADE:COUNT, separated by blanks",
            );
            return None;
        };
        if grades.iter().any(|it| it.grade.value().total_cmp(&pair.grade.value()).is_eq()) {
            row.problem_found(
                "grades",
                format!("grade {} twice", pair.grade),
                EXPECTED,
                "give each grade once",
            );
            return None;
        }
        grades.push(pair);
    }
    Some(grades)
}

fn read_contrast(row: &mut Row) -> Option<Reported> {
    let p_value = row.p_value("p_value");
    let p_test = row.text("p_test");
    let favours = row.text("favours").map(|it| Favours::parse(&it));
    let effect = if row.has("effect") {
        let effect = row.printed("effect");
        let measure = row.required("effect_measure", "what the effect is: MD, RR, HR, …");
        let se = row.printed_if("se", |it| it > 0.0, "a standard error above 0");
        let ci = read_interval(row);
        Some(ContrastEffect { effect: effect?, measure, se, ci })
    } else {
        if let Some(field) = row.first_of(&["effect_measure", "se", "ci_lower", "ci_upper"]) {
            row.problem(
                "effect",
                format!("the effect to which `{field}` belongs"),
                "fill in `effect`",
            );
        }
        None
    };
    if effect.is_none() && p_value.is_none() && favours.is_none() && row.is_sound() {
        row.problem(
            "missing",
            "an effect, a P value or a direction",
            "fill one in, or say in `missing` why there is none",
        );
        return None;
    }
    Some(Reported::Contrast { effect, p_value, p_test, favours })
}

pub(super) fn write_reported(out: &mut Out, reported: &Reported) {
    match reported {
        Reported::Mean { mean, sd, se, ci } => {
            out.printed("mean", Some(mean));
            out.printed("sd", sd.as_ref());
            out.printed("se", se.as_ref());
            write_interval(out, ci.as_ref());
        }
        Reported::Median { median, quartiles, range } => {
            out.printed("median", Some(median));
            out.printed("q1", quartiles.as_ref().map(|it| &it.0));
            out.printed("q3", quartiles.as_ref().map(|it| &it.1));
            out.printed("min", range.as_ref().map(|it| &it.0));
            out.printed("max", range.as_ref().map(|it| &it.1));
        }
        Reported::Events { events, person_time } => {
            out.printed("events", Some(events));
            out.printed("person_time", person_time.as_ref());
        }
        Reported::Grades(grades) => {
            let items: Vec<String> =
                grades.iter().map(|it| format!("{}:{}", it.grade, it.count)).collect();
            out.text("grades", &items.join(" "));
        }
        Reported::Contrast { effect, p_value, p_test, favours } => {
            if let Some(effect) = effect {
                out.printed("effect", Some(&effect.effect));
                out.text("effect_measure", &effect.measure);
                out.printed("se", effect.se.as_ref());
                write_interval(out, effect.ci.as_ref());
            }
            out.optional("p_value", p_value.as_ref().map(PValue::text));
            out.optional("p_test", p_test.as_deref());
            out.optional("favours", favours.as_ref().map(Favours::text));
        }
        Reported::Missing(reason) => out.text("missing", reason),
    }
}

fn write_interval(out: &mut Out, ci: Option<&PrintedInterval>) {
    if let Some(ci) = ci {
        out.printed("ci_lower", Some(&ci.lower));
        out.printed("ci_upper", Some(&ci.upper));
        out.printed("ci_level", ci.level.as_ref());
    }
}
