//! Reading the collection: files, cases, columns, and comparison at a case's tolerance.

use std::collections::BTreeSet;
use std::path::Path;

use consilience_stats::{Effect, Model, Tau2Method};
use serde_json::Value;

/// What came of one case.
pub(crate) enum Outcome {
    /// Compared; no mismatches means it passed. `by_design` says where the engine differs on purpose.
    ///
    /// `untouched` names the expected fields that the engine has no counterpart for.
    Compared { mismatches: Vec<String>, by_design: Vec<String>, untouched: BTreeSet<String> },
    /// Beyond the engine today, for this reason.
    NotYet(String),
}

pub(crate) fn not_yet(reason: impl Into<String>) -> Outcome {
    Outcome::NotYet(reason.into())
}

/// One file of the collection.
pub(crate) struct File(Value);

impl File {
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs_err_read(path);
        Self(serde_json::from_str(&text).unwrap())
    }

    pub(crate) fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.0["cases"].as_array().unwrap().iter().map(|entry| Case {
            entry,
            file: &self.0,
            data: &self.0["data"],
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "a test's panic names the path itself")]
fn fs_err_read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// One case with the data it refers to.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    entry: &'a Value,
    file: &'a Value,
    data: &'a Value,
}

impl<'a> Case<'a> {
    pub(crate) fn id(&self) -> &'a str {
        self.entry["id"].as_str().unwrap()
    }

    pub(crate) fn function(&self) -> &'a str {
        self.entry["fn"].as_str().unwrap()
    }

    /// What distinguishes cases of one function: measure, method and test, or type.
    pub(crate) fn detail(&self) -> String {
        let args = self.args();
        let holder = if args["model"].is_object() { &args["model"] } else { args };
        ["measure", "method", "test", "tau2_method", "type", "pi_type", "reg_model", "predictor"]
            .iter()
            .filter_map(|key| args[*key].as_str().or_else(|| holder[*key].as_str()))
            .collect::<Vec<_>>()
            .join(" ")
    }

    pub(crate) fn args(&self) -> &'a Value {
        &self.entry["args"]
    }

    pub(crate) fn expect(&self) -> &'a Value {
        &self.entry["expect"]
    }

    /// The collection's remark on the case.
    pub(crate) fn note(&self) -> Option<&'a str> {
        self.entry["note"].as_str()
    }

    /// The cases of the same file.
    pub(crate) fn siblings(&self) -> impl Iterator<Item = Case<'a>> + use<'a> {
        let Self { file, data, .. } = *self;
        file["cases"].as_array().unwrap().iter().map(move |entry| Case { entry, file, data })
    }

    /// A matrix of the file.
    pub(crate) fn matrix(&self, name: &str) -> Option<&'a Value> {
        Some(&self.file["matrices"][name]).filter(|matrix| matrix.is_array())
    }

    /// The labels of a data column by its own name.
    pub(crate) fn named_labels(&self, name: &str) -> Option<Vec<String>> {
        Some(self.data[name].as_array()?.iter().map(label).collect())
    }

    /// Whether a data column's value is missing.
    pub(crate) fn is_missing(&self, name: &str, row: usize) -> bool {
        self.data[name][row].is_null()
    }

    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        self.args()[key].as_str()
    }

    pub(crate) fn number(&self, key: &str) -> f64 {
        self.args()[key].as_f64().unwrap()
    }

    /// Confidence level as a share.
    ///
    /// A question to a fit that names no level of its own is asked at the fit's.
    pub(crate) fn level(&self) -> f64 {
        let args = self.args();
        level_of(if args["level"].is_null() && args["model"].is_object() {
            &args["model"]
        } else {
            args
        })
    }

    /// The column that argument `key` names, NaN for missing values.
    pub(crate) fn column(&self, key: &str) -> Option<Vec<f64>> {
        self.named_column(self.text(key)?.strip_prefix('$')?)
    }

    /// A data column by its own name.
    pub(crate) fn named_column(&self, name: &str) -> Option<Vec<f64>> {
        let values = self.data[name].as_array()?;
        Some(values.iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect())
    }

    /// A data column as it stands in the file.
    pub(crate) fn raw_column(&self, name: &str) -> &'a [Value] {
        self.data[name].as_array().map_or(&[], Vec::as_slice)
    }

    /// The labels of the column that argument `key` names.
    pub(crate) fn labels(&self, key: &str) -> Vec<String> {
        let name = self.text(key).unwrap().trim_start_matches('$');
        self.data[name].as_array().unwrap().iter().map(label).collect()
    }

    /// Effects from the `yi` and `vi` columns of `args` (this case's, or its model's), after its `rows`.
    pub(crate) fn effects(&self, args: &Value) -> Result<Vec<Effect>, String> {
        self.effects_with_rows(args)
            .map(|rows| rows.into_iter().map(|(_, effect)| effect).collect())
    }

    /// As [`Case::effects`], each with the position of its row in the data.
    pub(crate) fn effects_with_rows(&self, args: &Value) -> Result<Vec<(usize, Effect)>, String> {
        for key in ["mods", "weights", "weighted", "tau2", "V", "scale"] {
            if !args[key].is_null() {
                return Err(format!("argument {key}"));
            }
        }
        let column = |key: &str| {
            let name = args[key].as_str().and_then(|name| name.strip_prefix('$'));
            name.and_then(|name| self.named_column(name)).ok_or(format!("no column {key}"))
        };
        let (yi, vi) = (column("yi")?, column("vi")?);
        let rows: Vec<usize> = match args["rows"].as_array() {
            Some(rows) => rows.iter().map(index).collect(),
            None => (0..yi.len()).collect(),
        };
        Ok(rows
            .into_iter()
            .filter(|&row| !yi[row].is_nan() && !vi[row].is_nan())
            .map(|row| (row, Effect { estimate: yi[row], variance: vi[row] }))
            .collect())
    }

    /// A comparison at this case's tolerance.
    pub(crate) fn compare(&self) -> Comparison<'a> {
        let tolerance = &self.entry["tol"];
        let number = |key: &str| tolerance[key].as_f64().unwrap();
        self.compare_within(number("rtol"), number("atol"))
    }

    /// A comparison at a tolerance of one's own.
    pub(crate) fn compare_within(&self, relative: f64, absolute: f64) -> Comparison<'a> {
        Comparison {
            expect: self.expect(),
            relative,
            absolute,
            whole: self.expect(),
            touched: BTreeSet::new(),
            mismatches: Vec::new(),
            by_design: Vec::new(),
        }
    }
}

/// The collection's field-by-field comparison.
pub(crate) struct Comparison<'a> {
    pub(crate) expect: &'a Value,
    relative: f64,
    absolute: f64,
    whole: &'a Value,
    touched: BTreeSet<String>,
    mismatches: Vec<String>,
    pub(crate) by_design: Vec<String>,
}

impl<'a> Comparison<'a> {
    pub(crate) fn done(self) -> Outcome {
        let mut untouched = BTreeSet::new();
        collect_fields(self.whole, &mut untouched);
        untouched.retain(|field| !self.touched.contains(field));
        Outcome::Compared { mismatches: self.mismatches, by_design: self.by_design, untouched }
    }

    /// The same comparison for a part of the expectation.
    pub(crate) fn within<R>(
        &mut self,
        expect: &'a Value,
        compare: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let whole = std::mem::replace(&mut self.expect, expect);
        let result = compare(self);
        self.expect = whole;
        result
    }

    /// Notes that a field was looked at; `name` may carry an index.
    pub(crate) fn touch(&mut self, name: &str) {
        self.touched.insert(name.split('[').next().unwrap_or(name).to_owned());
    }

    /// From here on numbers may differ by this much more.
    pub(crate) fn allow(&mut self, absolute: f64) {
        self.absolute += absolute;
    }

    /// Tolerances of at least so much from here on.
    pub(crate) fn loosen(&mut self, relative: f64, absolute: f64) {
        self.relative = self.relative.max(relative);
        self.absolute = self.absolute.max(absolute);
    }

    /// Takes all mismatches so far for a difference by design.
    pub(crate) fn forgive(&mut self, reason: impl Into<String>) {
        if !self.mismatches.is_empty() {
            self.mismatches.clear();
            self.by_design.push(reason.into());
        }
    }

    pub(crate) fn has_failed(&self) -> bool {
        !self.mismatches.is_empty()
    }

    pub(crate) fn fail(&mut self, message: impl Into<String>) {
        self.mismatches.push(message.into());
    }

    /// Field `name` is a number, or an array of one number.
    pub(crate) fn number(&mut self, name: &str, got: f64) {
        let expected = scalar(&self.expect[name]);
        self.value(name, Some(got), expected);
    }

    /// Field `name` is an array of numbers, null where `got` has `None`.
    pub(crate) fn array(&mut self, name: &str, got: &[Option<f64>]) {
        let Some(expected) = self.expect[name].as_array() else {
            return self.fail(format!("{name} is not an array"));
        };
        if expected.len() != got.len() {
            return self.fail(format!("{name}: {} values, expected {}", got.len(), expected.len()));
        }
        for (position, (&got, expected)) in got.iter().zip(expected).enumerate() {
            self.value(&format!("{name}[{position}]"), got, expected.as_f64());
        }
    }

    /// As [`Comparison::array`] where every value is present.
    pub(crate) fn numbers(&mut self, name: &str, got: &[f64]) {
        self.array(name, &got.iter().copied().map(Some).collect::<Vec<_>>());
    }

    pub(crate) fn value(&mut self, name: &str, got: Option<f64>, expected: Option<f64>) {
        self.touch(name);
        match (got, expected) {
            (None, None) => {}
            (Some(got), Some(expected)) => {
                let tolerance = self.absolute + self.relative * expected.abs();
                if !within(got, expected, tolerance) {
                    self.fail(format!("{name} {got:e}, expected {expected:e}"));
                }
            }
            _ => self.fail(format!("{name} {got:?}, expected {expected:?}")),
        }
    }

    /// A number whose rounding is that of numbers of `size`.
    pub(crate) fn scaled(&mut self, name: &str, got: f64, expected: Option<f64>, size: f64) {
        self.touch(name);
        let tolerance = self.absolute + self.relative * size;
        match expected {
            Some(expected) if within(got, expected, tolerance) => {}
            _ => self.fail(format!("{name} {got:e}, expected {expected:?}")),
        }
    }

    /// Compares as `compare` does; what fails is compared once more at `relative` tolerance, and if it then passes, the
    /// engine differs by design for this `reason`.
    pub(crate) fn or_within(&mut self, relative: f64, reason: &str, compare: impl Fn(&mut Self)) {
        let before = self.mismatches.len();
        compare(self);
        if self.mismatches.len() == before {
            return;
        }
        let strict = self.mismatches.split_off(before);
        let usual = std::mem::replace(&mut self.relative, relative);
        compare(self);
        self.relative = usual;
        if self.mismatches.len() == before {
            self.by_design.push(reason.to_owned());
        } else {
            self.mismatches.truncate(before);
            self.mismatches.extend(strict);
        }
    }

    /// A p value: relative error only, which a statistic's own error amplifies by its square.
    pub(crate) fn p_value(&mut self, name: &str, got: f64, statistic_squared: f64) {
        let expected = scalar(&self.expect[name]);
        self.p_number(name, got, expected, statistic_squared);
    }

    pub(crate) fn p_number(
        &mut self,
        name: &str,
        got: f64,
        expected: Option<f64>,
        statistic_squared: f64,
    ) {
        self.touch(name);
        let Some(expected) = expected else {
            return self.fail(format!("{name} {got}, expected nothing"));
        };
        let tolerance = self.relative * statistic_squared.max(1.0) * expected + 1e-300;
        if !within(got, expected, tolerance) {
            self.fail(format!("{name} {got:e}, expected {expected:e}"));
        }
    }
}

/// Whether two numbers are that close; NaN never is.
fn within(got: f64, expected: f64, tolerance: f64) -> bool {
    (got - expected).abs() <= tolerance
}

/// The names of all fields with a value, at any depth of objects and arrays of objects.
fn collect_fields(value: &Value, fields: &mut BTreeSet<String>) {
    if let Some(object) = value.as_object() {
        for (name, value) in object {
            match value {
                Value::Null => {}
                Value::Object(_) => collect_fields(value, fields),
                Value::Array(items) if items.iter().any(Value::is_object) => {
                    for item in items {
                        collect_fields(item, fields);
                    }
                }
                _ => {
                    fields.insert(name.clone());
                }
            }
        }
    }
}

pub(crate) fn scalar(value: &Value) -> Option<f64> {
    match value {
        Value::Array(values) if values.len() == 1 => values[0].as_f64(),
        other => other.as_f64(),
    }
}

pub(crate) fn level_of(args: &Value) -> f64 {
    args["level"].as_f64().unwrap_or(95.0) / 100.0
}

pub(crate) fn label(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(crate) fn index(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

/// The model that metafor's `method` names, if the engine has it.
pub(crate) fn model(method: &str) -> Option<Model> {
    if ["FE", "EE", "CE"].contains(&method) {
        return Some(Model::CommonEffect);
    }
    let tau2 = Tau2Method::ALL.iter().find(|candidate| candidate.name() == method)?;
    Some(Model::RandomEffects(*tau2))
}
