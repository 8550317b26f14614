//! Generalised linear mixed models of two groups a study: 2×2 tables, and events over person-time.

use super::error::GlmmError;
use super::family::{Family, Link};
use super::fit::{Glmm, GlmmEffects, GlmmOptions};
use super::fixed_studies::{self, Pair, observed};
use super::hypergeometric::Hypergeometric;
use super::observed::Observed;
use super::parts::Setting;
use super::{random_studies, single};
use crate::effect::EffectError;
use crate::effect_size::binary::TwoByTwo;
use crate::effect_size::rate::Rate;
use crate::effect_size::zero_cells::ZeroCells;
use crate::model::design::Design;
use crate::model::scaled_design::Scaled;

/// How the random effect of a study's difference is shared between its groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupCoding {
    /// Half in each, with opposite signs: the answer does not depend on which group is called experimental.
    Contrast,
    /// All in the experimental group.
    Experimental,
    /// All in the control group.
    Control,
}

impl GroupCoding {
    const fn loadings(self) -> [f64; 2] {
        match self {
            Self::Contrast => [0.5, -0.5],
            Self::Experimental => [1.0, 0.0],
            Self::Control => [0.0, 1.0],
        }
    }
}

/// What is assumed of the studies' levels (odds, risks or rates apart from the effect), counts of both groups being modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StudyLevels {
    /// A free parameter each. metafor `UM.FS`.
    Fixed(GroupCoding),
    /// Normally distributed. metafor `UM.RS`; `correlated` is its `cor`.
    Random {
        /// Where the random effect of the difference goes.
        coding: GroupCoding,
        /// Whether levels and effects may be correlated.
        correlated: bool,
    },
}

/// A model of 2×2 tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableModel {
    /// Binomial counts of both groups, with the measure that the link makes.
    Unconditional(TableMeasure, StudyLevels),
    /// The odds ratio from the events of one group given those of both, noncentral hypergeometric. metafor `CM.EL`.
    ExactConditional,
    /// The same with a binomial approximation, for rare events. metafor `CM.AL`.
    ApproximateConditional,
}

/// The effect in an unconditional model of 2×2 tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableMeasure {
    /// Log odds ratio: logit link.
    OddsRatio,
    /// Log risk ratio: log link. Risks above 1 have likelihood 0.
    RiskRatio,
    /// Risk difference: identity link. Risks outside 0 to 1 have likelihood 0.
    RiskDifference,
}

impl TableMeasure {
    pub(crate) const fn link(self) -> Link {
        match self {
            Self::OddsRatio => Link::Logit,
            Self::RiskRatio => Link::Log,
            Self::RiskDifference => Link::Identity,
        }
    }
}

/// A model of events over person-time in two groups; the effect is the log rate ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateModel {
    /// Poisson counts of both groups.
    Unconditional(StudyLevels),
    /// The events of one group given those of both, binomial. metafor `CM.EL`.
    Conditional,
}

/// Fits a generalised linear mixed model to 2×2 tables; `design` has a row for each table.
///
/// Stijnen, Hamza & Özdemir (2010), doi 10.1002/sim.4040; Turner et al. (2000), Statistics in Medicine 19, 3417-3432; Jackson et al. (2018), doi 10.1002/sim.7588. metafor
/// `rma.glmm`. Moderators act on the effect, not on the studies' levels.
pub fn glmm_tables(
    tables: &[TwoByTwo],
    design: &Design,
    model: TableModel,
    options: &GlmmOptions,
) -> Result<Glmm, GlmmError> {
    for (study, table) in tables.iter().enumerate() {
        table.checked().map_err(|reason| GlmmError::Study { study, reason })?;
    }
    let measure = match model {
        TableModel::Unconditional(measure, _) => measure,
        _ => TableMeasure::OddsRatio,
    };
    let kept = kept(tables, options.zero_cells, |t| t.no_events() || t.all_events());
    let studies = Studies::of(&kept, tables.len(), design, options)?;
    let tables: Vec<TwoByTwo> = kept.iter().map(|&i| tables[i]).collect();
    let pairs: Vec<Pair> = tables.iter().map(|table| table_pair(table, measure.link())).collect();
    let corrected = corrected_tables(&tables, options.zero_cells, measure.link());
    match model {
        TableModel::Unconditional(_, levels) => studies.unconditional(&pairs, levels, &corrected),
        TableModel::ExactConditional => {
            let counts = exact_counts(&tables, &kept)?;
            studies.conditional(&counts, &corrected)
        }
        TableModel::ApproximateConditional => {
            let counts: Vec<Family> = tables.iter().map(approximate_count).collect();
            studies.conditional(&counts, &corrected)
        }
    }
}

/// Fits a generalised linear mixed model to events over person-time in two groups; `design` has a row for each study.
///
/// Stijnen, Hamza & Özdemir (2010), doi 10.1002/sim.4040; Bagos & Nikolopoulos (2009), doi 10.2202/1557-4679.1168. metafor
/// `rma.glmm`.
pub fn glmm_rates(
    experimental: &[Rate],
    control: &[Rate],
    design: &Design,
    model: RateModel,
    options: &GlmmOptions,
) -> Result<Glmm, GlmmError> {
    if experimental.len() != control.len() {
        return Err(GlmmError::UnequalLengths {
            experimental: experimental.len(),
            control: control.len(),
        });
    }
    let studies: Vec<(Rate, Rate)> =
        experimental.iter().copied().zip(control.iter().copied()).collect();
    for (study, (e, c)) in studies.iter().enumerate() {
        checked_rate(e, EXPERIMENTAL)
            .and_then(|()| checked_rate(c, CONTROL))
            .map_err(|reason| GlmmError::Study { study, reason })?;
    }
    let none = |(e, c): &(Rate, Rate)| e.events == 0.0 && c.events == 0.0;
    let kept = kept(&studies, options.zero_cells, none);
    let fitting = Studies::of(&kept, studies.len(), design, options)?;
    let studies: Vec<(Rate, Rate)> = kept.iter().map(|&i| studies[i]).collect();
    let corrected = corrected_rates(&studies, options.zero_cells);
    match model {
        RateModel::Unconditional(levels) => {
            let pairs: Vec<Pair> = studies.iter().map(rate_pair).collect();
            fitting.unconditional(&pairs, levels, &corrected)
        }
        RateModel::Conditional => {
            let counts: Vec<Family> = studies.iter().map(conditional_rate).collect();
            fitting.conditional(&counts, &corrected)
        }
    }
}

const EXPERIMENTAL: (&str, &str) =
    ("number of events in the experimental arm", "person-time of the experimental arm");
const CONTROL: (&str, &str) =
    ("number of events in the control arm", "person-time of the control arm");

fn checked_rate(
    rate: &Rate,
    (events, time): (&'static str, &'static str),
) -> Result<(), EffectError> {
    EffectError::not_negative(events, rate.events)?;
    EffectError::positive(time, rate.person_time)?;
    Ok(())
}

/// Positions of the studies in the model: all, or with `drop00` those that are not `uninformative`.
fn kept<T>(studies: &[T], rule: ZeroCells, uninformative: impl Fn(&T) -> bool) -> Vec<usize> {
    (0..studies.len()).filter(|&i| !(rule.drop00 && uninformative(&studies[i]))).collect()
}

/// The studies in the model, with their design.
struct Studies<'a> {
    k: usize,
    design: Design,
    scaled: Scaled,
    options: &'a GlmmOptions,
}

impl<'a> Studies<'a> {
    fn of(
        kept: &[usize],
        studies: usize,
        design: &Design,
        options: &'a GlmmOptions,
    ) -> Result<Self, GlmmError> {
        options.check()?;
        if kept.is_empty() {
            return Err(GlmmError::NoStudies);
        }
        if design.k() != studies {
            return Err(GlmmError::DesignRows { found: design.k(), expected: studies });
        }
        let design = design.rows(kept);
        let scaled = Scaled::of(&design, kept.len())?;
        Ok(Self { k: kept.len(), design, scaled, options })
    }

    /// How the search is done; `corrected` are the observed effects, which say where it starts.
    fn setting(&self, corrected: &Observed) -> (Setting<'_>, f64) {
        let (tau2, typical) = corrected
            .regress(&self.scaled.matrix)
            .map_or((0.0, f64::NAN), |it| (it.tau2, it.typical_variance));
        let least = if typical.is_finite() { 0.25 * typical } else { 0.1 };
        let setting = Setting {
            design: &self.scaled,
            random: self.options.effects == GlmmEffects::Random,
            quadrature: self.options.quadrature,
            tau: tau2.max(least).sqrt(),
        };
        (setting, typical)
    }

    fn unconditional(
        &self,
        pairs: &[Pair],
        levels: StudyLevels,
        corrected: &Observed,
    ) -> Result<Glmm, GlmmError> {
        if pairs.iter().all(Pair::is_empty) {
            return Err(GlmmError::NoStudies);
        }
        let (setting, typical) = self.setting(corrected);
        let parts = match levels {
            StudyLevels::Fixed(coding) => fixed_studies::fit(pairs, coding.loadings(), &setting)?,
            StudyLevels::Random { coding, correlated } => {
                random_studies::fit(pairs, (coding.loadings(), correlated), &setting)?
            }
        };
        parts.into_glmm((self.k, &self.design), typical, self.options)
    }

    fn conditional(&self, counts: &[Family], corrected: &Observed) -> Result<Glmm, GlmmError> {
        let (setting, typical) = self.setting(corrected);
        let start = vec![0.0; self.design.p()];
        single::fit(counts, &setting, start)?.into_glmm(
            (self.k, &self.design),
            typical,
            self.options,
        )
    }
}

/// Both groups' counts, with the level that they have if they do not differ.
fn table_pair(table: &TwoByTwo, link: Link) -> Pair {
    let binomial =
        |events: f64, others: f64| Family::Binomial { events, others, link, offset: 0.0 };
    let (x, m) = (table.a() + table.c(), table.b() + table.d());
    // Without events the level goes to −∞ whatever the effect, on a scale without a bound there.
    let unbounded = match link {
        Link::Logit => x == 0.0 || m == 0.0,
        Link::Log => x == 0.0,
        Link::Identity => false,
    };
    let level = if unbounded {
        if x == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY }
    } else {
        // A start inside the range, where all counts are possible.
        let inside = if x == 0.0 || m == 0.0 { 0.5 } else { 0.0 };
        link.of_risk(x + inside, m + inside)
    };
    Pair { first: binomial(table.a(), table.b()), second: binomial(table.c(), table.d()), level }
}

fn rate_pair((e, c): &(Rate, Rate)) -> Pair {
    let poisson = |rate: &Rate| Family::Poisson { events: rate.events, time: rate.person_time };
    let level = libm::log((e.events + c.events) / (e.person_time + c.person_time));
    Pair { first: poisson(e), second: poisson(c), level }
}

fn conditional_rate((e, c): &(Rate, Rate)) -> Family {
    Family::Binomial {
        events: e.events,
        others: c.events,
        link: Link::Logit,
        offset: libm::log(e.person_time / c.person_time),
    }
}

fn approximate_count(table: &TwoByTwo) -> Family {
    Family::Binomial {
        events: table.a(),
        others: table.c(),
        link: Link::Logit,
        offset: libm::log(table.n_e / table.n_c),
    }
}

/// The hypergeometric counts; `kept` are the tables' positions among all.
fn exact_counts(tables: &[TwoByTwo], kept: &[usize]) -> Result<Vec<Family>, GlmmError> {
    tables
        .iter()
        .zip(kept)
        .map(|(table, &study)| {
            let a = whole(study, "number of events in the experimental arm", table.a())?;
            let n_e = whole(study, "number of people in the experimental arm", table.n_e)?;
            let c = whole(study, "number of events in the control arm", table.c())?;
            let n_c = whole(study, "number of people in the control arm", table.n_c)?;
            Ok(Family::Hypergeometric(Hypergeometric::new(a, n_e, c, n_c)))
        })
        .collect()
}

/// A count as an integer, if it is one.
pub(crate) fn whole(study: usize, quantity: &'static str, found: f64) -> Result<u64, GlmmError> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be a whole number from 0 to 2^53"
    )]
    if found.fract() == 0.0 && (0.0..9e15).contains(&found) {
        Ok(found as u64)
    } else {
        Err(GlmmError::NotWhole { study, quantity, found })
    }
}

/// The tables' effects after the zero-cell rule.
fn corrected_tables(tables: &[TwoByTwo], rule: ZeroCells, link: Link) -> Observed {
    let zero: Vec<bool> = tables.iter().map(TwoByTwo::has_zero_cell).collect();
    let pairs: Vec<Pair> = tables
        .iter()
        .zip(rule.increments(&zero))
        .map(|(t, add)| {
            let more = TwoByTwo {
                events_e: t.events_e + add,
                n_e: t.n_e + 2.0 * add,
                events_c: t.events_c + add,
                n_c: t.n_c + 2.0 * add,
            };
            table_pair(&more, link)
        })
        .collect();
    observed(&pairs)
}

fn corrected_rates(studies: &[(Rate, Rate)], rule: ZeroCells) -> Observed {
    let zero: Vec<bool> = studies.iter().map(|(e, c)| e.events == 0.0 || c.events == 0.0).collect();
    let pairs: Vec<Pair> = studies
        .iter()
        .zip(rule.increments(&zero))
        .map(|((e, c), add)| {
            let more = |rate: &Rate| Rate { events: rate.events + add, ..*rate };
            rate_pair(&(more(e), more(c)))
        })
        .collect();
    observed(&pairs)
}
