//! Grouping variables: which rows belong together.

use std::collections::BTreeMap;

use crate::multivariate::error::MultivariateError;

/// A grouping variable: a name, its levels in order, and the level of each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    name: String,
    levels: Vec<String>,
    codes: Vec<usize>,
}

impl Grouping {
    /// The grouping by `labels`; levels are ordered as numbers if all are numbers, otherwise alphabetically.
    ///
    /// ```
    /// use consilience_stats::multivariate::Grouping;
    /// let study = Grouping::new("study", &["10", "9", "10"]);
    /// assert_eq!(study.levels(), ["9", "10"]);
    /// ```
    pub fn new<S: AsRef<str>>(name: &str, labels: &[S]) -> Self {
        let mut levels: Vec<&str> = labels.iter().map(AsRef::as_ref).collect();
        levels.sort_unstable();
        levels.dedup();
        let numbers: Option<Vec<f64>> =
            levels.iter().map(|level| level.trim().parse().ok()).collect();
        if let Some(numbers) = numbers {
            let mut order: Vec<usize> = (0..levels.len()).collect();
            order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]));
            levels = order.into_iter().map(|i| levels[i]).collect();
        }
        let known: BTreeMap<&str, usize> =
            levels.iter().enumerate().map(|(code, level)| (*level, code)).collect();
        let codes = labels.iter().map(|label| known[label.as_ref()]).collect();
        Self { name: name.into(), levels: levels.into_iter().map(String::from).collect(), codes }
    }

    /// The grouping by `labels` with the `levels` given, in their order; levels without a row are allowed.
    pub fn with_levels<S: AsRef<str>>(
        name: &str,
        labels: &[S],
        levels: &[S],
    ) -> Result<Self, MultivariateError> {
        let known: BTreeMap<&str, usize> =
            levels.iter().enumerate().map(|(code, level)| (level.as_ref(), code)).collect();
        let code = |label: &S| {
            known.get(label.as_ref()).copied().ok_or_else(|| MultivariateError::UnknownLevel {
                variable: name.into(),
                label: label.as_ref().into(),
                what: "list of levels",
            })
        };
        Ok(Self {
            name: name.into(),
            levels: levels.iter().map(|level| level.as_ref().to_owned()).collect(),
            codes: labels.iter().map(code).collect::<Result<_, _>>()?,
        })
    }

    /// Every row in the same group.
    pub fn one(name: &str, rows: usize) -> Self {
        Self { name: name.into(), levels: vec!["1".into()], codes: vec![0; rows] }
    }

    /// Every row in a group of its own, numbered from 1.
    pub fn rows(name: &str, rows: usize) -> Self {
        Self {
            name: name.into(),
            levels: (1..=rows).map(|row| row.to_string()).collect(),
            codes: (0..rows).collect(),
        }
    }

    /// This grouping within the groups of `outer`, named and labelled `outer/inner`.
    ///
    /// Equal labels in different outer groups are different groups. Ordered by the outer level, then by the inner one.
    #[must_use]
    pub fn within(&self, outer: &Self) -> Self {
        let pairs: Vec<(usize, usize)> =
            outer.codes.iter().copied().zip(self.codes.iter().copied()).collect();
        let mut distinct = pairs.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let codes =
            pairs.iter().map(|pair| distinct.binary_search(pair).unwrap_or_default()).collect();
        Self {
            name: format!("{}/{}", outer.name, self.name),
            levels: distinct
                .iter()
                .map(|&(o, i)| format!("{}/{}", outer.levels[o], self.levels[i]))
                .collect(),
            codes,
        }
    }

    /// The variable's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its levels, in order.
    pub fn levels(&self) -> &[String] {
        &self.levels
    }

    /// The position among the levels of each row's level.
    pub fn codes(&self) -> &[usize] {
        &self.codes
    }

    /// Number of levels that some row has.
    pub fn occupied(&self) -> usize {
        let mut seen = vec![false; self.levels.len()];
        for &code in &self.codes {
            seen[code] = true;
        }
        seen.into_iter().filter(|seen| *seen).count()
    }

    /// The grouping of some of the rows, with the same levels.
    pub(crate) fn of_rows(&self, rows: &[usize]) -> Self {
        Self { codes: rows.iter().map(|&row| self.codes[row]).collect(), ..self.clone() }
    }

    /// The rows of each level, in the levels' order.
    pub(crate) fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.levels.len()];
        for (row, &code) in self.codes.iter().enumerate() {
            members[code].push(row);
        }
        members
    }
}
