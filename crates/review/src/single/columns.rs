//! Which column of a table plays which role: named by the caller, or recognised by its name.

use consilience_stats::{Measure, SummaryKind};
use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Place};
use crate::keyword::{Keyword, keyword};

keyword! {
    /// What a column means; `_e` is the experimental group, `_c` the comparator.
    pub enum Role {
        /// The study's name.
        Study = "study",
        /// Its author, for the name where no column has it.
        Author = "author",
        /// Its year, likewise.
        Year = "year",
        /// People with the event.
        EventsE = "events_e",
        /// People without it.
        NoneventsE = "nonevents_e",
        /// People.
        NE = "n_e",
        /// People with the event.
        EventsC = "events_c",
        /// People without it.
        NoneventsC = "nonevents_c",
        /// People.
        NC = "n_c",
        /// The mean.
        MeanE = "mean_e",
        /// The standard deviation.
        SdE = "sd_e",
        /// The mean.
        MeanC = "mean_c",
        /// The standard deviation.
        SdC = "sd_c",
        /// The effect.
        Effect = "effect",
        /// Its standard error, on the analysis scale.
        Se = "se",
        /// Its variance, on the analysis scale.
        Variance = "variance",
        /// The lower limit of its 95% confidence interval.
        CiLower = "ci_lower",
        /// The upper limit.
        CiUpper = "ci_upper",
        /// People of both groups together, beside an effect or a P value.
        N = "n",
        /// A two-sided P value as printed, where there is no effect.
        PValue = "p_value",
        /// Which group it favours, or where it lies, where there is no effect.
        Favours = "favours",
    }
}

/// The names of all roles, for messages and for naming columns by hand.
pub fn role_names() -> impl Iterator<Item = &'static str> {
    Role::all().iter().map(|it| it.name())
}

impl Role {
    /// Other names of the column, in lower case: those of metafor, meta, Review Manager and spreadsheets.
    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Study => &["studlab", "slab", TRIAL, "study_id", "studyid", "source", "name"],
            Self::Author => &["authors"],
            Self::Year => &[],
            Self::EventsE => &[
                "event.e",
                "events1",
                "events_1",
                "e1",
                "ai",
                "tpos",
                "event1",
                "experimental cases",
            ],
            Self::NoneventsE => &["bi", "tneg"],
            Self::NE => {
                &["n.e", "n1", "n1i", "n_1", "total1", "total_1", "total_e", "experimental n"]
            }
            Self::EventsC => {
                &["event.c", "events2", "events_2", "e2", "ci", "cpos", "event2", "control cases"]
            }
            Self::NoneventsC => &["di", "cneg"],
            Self::NC => &["n.c", "n2", "n2i", "n_2", "total2", "total_2", "total_c", "control n"],
            Self::MeanE => &["mean.e", "mean1", "mean_1", "m1", "m1i", "experimental mean"],
            Self::SdE => &["sd.e", "sd1", "sd_1", "sd1i", "experimental sd"],
            Self::MeanC => &["mean.c", "mean2", "mean_2", "m2", "m2i", "control mean"],
            Self::SdC => &["sd.c", "sd2", "sd_2", "sd2i", "control sd"],
            Self::Effect => &["estimate", YI, TE],
            Self::Se => &["sei", "sete", "standard_error"],
            Self::Variance => &["vi", "var"],
            Self::CiLower => &["lower", "ci_lb", "ci.lb", "lcl"],
            Self::CiUpper => &["upper", "ci_ub", "ci.ub", "ucl"],
            Self::N => &["ni", "n_total", "participants"],
            Self::PValue => &["p", "pval", "pvalue", "p-value", "p.value", "p value"],
            Self::Favours => &["favors", DIRECTION, "effect_direction", "sign"],
        }
    }

    /// Whether a column's name means this role.
    pub fn is_named(self, column: &str) -> bool {
        let column = column.to_lowercase();
        column == self.name() || self.aliases().contains(&column.as_str())
    }

    /// Whether a column's name says that it holds ratios, which [`Role::is_named`] does not know: `hr`, `or`, `rr`, `irr`. Of
    /// another measure, its ratios are not meant.
    pub fn is_named_ratio(column: &str, measure: Option<Measure>) -> bool {
        let fits = |it: NamedRatio| measure.is_none_or(|measure| it.is_measured_by(measure));
        NamedRatio::of_column(column).is_some_and(fits)
    }

    /// Whether a column of effects bears a name that means the analysis scale.
    pub fn is_named_as_log(column: &str) -> bool {
        [YI, TE].contains(&column.to_lowercase().as_str())
    }
}

/// What metafor's data sets call the number of a trial, and others its name.
const TRIAL: &str = "trial";
/// What metafor calls effects, always on the analysis scale.
const YI: &str = "yi";
/// What meta calls them.
const TE: &str = "te";

/// A column of ratios that is called as they are, so that its name says what they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct NamedRatio {
    column: &'static str,
    /// What the effect is called.
    pub(super) effect_name: &'static str,
    /// The measure that is this very ratio.
    measure: Option<Measure>,
}

impl NamedRatio {
    const ALL: [Self; 4] = [
        Self { column: "hr", effect_name: "Hazard ratio", measure: None },
        Self { column: "or", effect_name: "Odds ratio", measure: Some(Measure::OddsRatio) },
        Self { column: "rr", effect_name: "Risk ratio", measure: Some(Measure::RiskRatio) },
        Self { column: "irr", effect_name: "Incidence rate ratio", measure: None },
    ];

    fn of_column(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.column.eq_ignore_ascii_case(name))
    }

    fn is_measured_by(self, measure: Measure) -> bool {
        measure == Measure::Generic || self.measure == Some(measure)
    }
}

/// What a column of directions is called that need not say which group they favour.
pub(super) const DIRECTION: &str = "direction";

/// What the table holds of each study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Events and people per arm.
    Events,
    /// Means per arm.
    Means,
    /// An effect with its standard error, variance or confidence interval.
    Effects,
    /// A P value, a direction, or both: nothing that can be pooled.
    PValues,
}

impl TableKind {
    /// The kinds that say most come first.
    pub(super) const ALL: [Self; 4] = [Self::Events, Self::Means, Self::Effects, Self::PValues];

    /// The measure of effect when none is asked for.
    pub fn default_measure(self) -> Measure {
        match self {
            Self::Events => Measure::RiskRatio,
            Self::Means => Measure::MeanDifference,
            Self::Effects | Self::PValues => Measure::Generic,
        }
    }

    /// Whether such a table gives a measure; effects, P values and directions may be of any.
    fn gives(self, measure: Measure) -> bool {
        matches!(self, Self::Effects | Self::PValues)
            || match measure.input() {
                SummaryKind::Means => self == Self::Means,
                SummaryKind::Table => self == Self::Events,
                _ => false,
            }
    }

    /// The columns that some measure, or any, needs.
    fn all_needs(measure: Option<Measure>) -> String {
        let fitting = Self::ALL.into_iter().filter(|it| measure.is_none_or(|m| it.gives(m)));
        fitting.map(Self::needs).collect::<Vec<_>>().join("; or ")
    }

    fn is_complete(self, columns: &Columns) -> bool {
        let all = |roles: &[Role]| roles.iter().all(|it| columns.has(*it));
        let any = |roles: &[Role]| roles.iter().any(|it| columns.has(*it));
        match self {
            Self::Events => {
                all(&[Role::EventsE, Role::EventsC])
                    && any(&[Role::NE, Role::NoneventsE])
                    && any(&[Role::NC, Role::NoneventsC])
            }
            Self::Means => {
                all(&[Role::MeanE, Role::SdE, Role::NE, Role::MeanC, Role::SdC, Role::NC])
            }
            Self::Effects => {
                columns.has(Role::Effect)
                    && (any(&[Role::Se, Role::Variance]) || all(&[Role::CiLower, Role::CiUpper]))
            }
            Self::PValues => any(&[Role::PValue, Role::Favours]),
        }
    }

    fn needs(self) -> &'static str {
        match self {
            Self::Events => "events_e, n_e, events_c, n_c (or ai, bi, ci, di)",
            Self::Means => "mean_e, sd_e, n_e, mean_c, sd_c, n_c",
            Self::Effects => "effect with se, variance or ci_lower and ci_upper",
            Self::PValues => "where nothing can be pooled, p_value and favours",
        }
    }
}

/// The columns of a table by role.
#[derive(Debug)]
pub(super) struct Columns {
    by_role: IndexMap<Role, String>,
    /// Whether the caller named the column of effects.
    is_effect_by_hand: bool,
    /// Whether the column of effects bears a name that means the analysis scale, and nobody said otherwise.
    pub(super) effects_are_named_as_logs: bool,
}

impl Columns {
    /// Finds the columns among the table's names.
    pub(super) fn assign(
        file: &str,
        names: &[&str],
        by_hand: &IndexMap<String, String>,
        problems: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut by_role = named_by_hand(file, names, by_hand, problems);
        let is_by_hand = by_role.contains_key(&Role::Effect);
        let has_author = names.iter().any(|it| Role::Author.is_named(it));
        for role in Role::all() {
            let taken = |name: &str| by_role.values().any(|it| it == name);
            // Beside authors, `trial` is a running number.
            let is_number =
                |name: &str| has_author && *role == Role::Study && name.eq_ignore_ascii_case(TRIAL);
            let fits = |name: &str| role.is_named(name) && !is_number(name) && !taken(name);
            let found = names.iter().find(|name| fits(name));
            if let (false, Some(name)) = (by_role.contains_key(role), found) {
                by_role.insert(*role, (*name).to_owned());
            }
        }
        if !by_role.contains_key(&Role::Effect) {
            let taken = |name: &str| by_role.values().any(|it| it == name);
            let is_ratio = |name: &str| NamedRatio::of_column(name).is_some() && !taken(name);
            if let Some(name) = names.iter().find(|it| is_ratio(it)) {
                by_role.insert(Role::Effect, (*name).to_owned());
            }
        }
        let is_log_name = by_role.get(&Role::Effect).is_some_and(|it| Role::is_named_as_log(it));
        Self {
            by_role,
            is_effect_by_hand: is_by_hand,
            effects_are_named_as_logs: is_log_name && !is_by_hand,
        }
    }

    /// The ratio by which the column of effects is called. Who names both the column and the measure knows better.
    pub(super) fn named_ratio(&self, measure: Option<Measure>) -> Option<NamedRatio> {
        let is_known_better = self.is_effect_by_hand && measure.is_some();
        let column = self.get(Role::Effect).filter(|_| !is_known_better)?;
        NamedRatio::of_column(column)
    }

    /// Whether columns of this kind give the measure: ratios by name are no other measure's.
    fn give(&self, kind: TableKind, measure: Measure) -> bool {
        let ratio = self.named_ratio(Some(measure)).filter(|_| kind == TableKind::Effects);
        kind.gives(measure) && ratio.is_none_or(|it| it.is_measured_by(measure))
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.by_role.contains_key(&role)
    }

    pub(super) fn get(&self, role: Role) -> Option<&str> {
        self.by_role.get(&role).map(String::as_str)
    }

    /// The column of the study's name, or else of its author.
    pub(super) fn of_name(&self) -> &str {
        self.get(Role::Study).or_else(|| self.get(Role::Author)).unwrap_or(Role::Study.name())
    }

    /// The columns of numbers; all others tell of the study, as does how many people took part, and what is only read where
    /// there is no effect.
    pub(super) fn of_numbers(&self) -> Vec<&str> {
        let tells = [Role::Study, Role::Author, Role::Year, Role::N, Role::PValue, Role::Favours];
        let is_number = |role: &Role| !tells.contains(role);
        let columns = self.by_role.iter().filter(|it| is_number(it.0)).map(|it| it.1.as_str());
        columns.chain(self.get(Role::Study)).collect()
    }

    /// What the columns hold that gives the measure; `None` goes with a problem.
    pub(super) fn kind(
        &self,
        file: &str,
        names: &[&str],
        measure: Option<Measure>,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<TableKind> {
        let complete = TableKind::ALL.into_iter().filter(|it| it.is_complete(self));
        let mut fitting = complete.clone().filter(|it| measure.is_none_or(|m| self.give(*it, m)));
        if let Some(kind) = fitting.next() {
            return Some(kind);
        }
        let header = Diagnostic::error(Place::spot(file, 1, 1));
        let names = names.join(", ");
        let header = header.expected(TableKind::all_needs(measure));
        problems.push(match (complete.map(TableKind::default_measure).next(), measure) {
            (Some(other), Some(measure)) => header
                .found(format!("the columns {names}, which do not give {}", measure.name()))
                .help(format!("choose another measure, {} for one", other.name())),
            (None, Some(measure)) => header
                .found(format!("the columns {names}, which do not give {}", measure.name()))
                .help("rename the columns, or name them with --columns"),
            (_, None) => header
                .found(format!("the columns {names}"))
                .help("rename the columns, or name them with --columns events_e=…,n_e=…"),
        });
        None
    }
}

fn named_by_hand(
    file: &str,
    names: &[&str],
    by_hand: &IndexMap<String, String>,
    problems: &mut Vec<Diagnostic>,
) -> IndexMap<Role, String> {
    let mut roles = IndexMap::new();
    for (role, column) in by_hand {
        match (Role::from_name(role), names.contains(&column.as_str())) {
            (Some(role), true) => {
                roles.insert(role, column.clone());
            }
            (None, _) => problems.push(
                Diagnostic::error(Place::file("--columns"))
                    .found(format!("`{role}`"))
                    .expected(format!("one of: {}", role_names().collect::<Vec<_>>().join(", ")))
                    .help("write ROLE=COLUMN"),
            ),
            (Some(_), false) => problems.push(
                Diagnostic::error(Place::file("--columns"))
                    .found(format!("`{column}`, and no such column in {file}"))
                    .expected(format!("one of: {}", names.join(", ")))
                    .help("correct the name"),
            ),
        }
    }
    roles
}
