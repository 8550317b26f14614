//! The counts themselves pooled by a generalised linear mixed model, where events are rare or studies small.
//!
//! Stijnen, Hamza & Özdemir (2010), doi 10.1002/sim.4040; Handbook 10.4.4.

use consilience_stats::glmm::{
    Glmm, GlmmEffects, GlmmOptions, GlmmTest, GroupCoding, ProportionLink, RateModel, StudyLevels,
    TableMeasure, TableModel, glmm_incidence_rates, glmm_proportions, glmm_rates, glmm_tables,
};
use consilience_stats::{CiMethod, Design, Measure, Proportion, Rate, Summary, TwoByTwo};

use super::refused;
use crate::analysis::StudyData;
use crate::diagnostic::Diagnostic;
use crate::keyword::keyword;
use crate::single::TableAnalysis;
use crate::vocabulary::plan::{AnalysisPlan, ModelKind};

keyword! {
    /// What is modelled of the events of both groups.
    GlmmModel {
        /// The events of one group given those of both: noncentral hypergeometric (metafor's `CM.EL`).
        Conditional = "conditional",
        /// The same with a binomial approximation, for rare events (`CM.AL`).
        ApproximateConditional = "approximate conditional",
        /// Both groups, each study with a level of its own (`UM.FS`).
        FixedStudies = "fixed studies",
        /// Both groups, the studies' levels normally distributed (`UM.RS`).
        RandomStudies = "random studies",
    }
}

/// A generalised linear mixed model of the studies' counts.
#[derive(Debug, Clone, PartialEq)]
pub struct GlmmFinding {
    /// The model.
    pub model: GlmmModel,
    /// The measure; conditional models have the odds ratio only.
    pub measure: Measure,
    /// The fit, on the analysis scale.
    pub fit: Glmm,
}

/// Pools the counts of all studies, also of those without events, by a generalised linear mixed model.
///
/// # Errors
/// The table has no counts, the measure does not fit the model, or the model has no answer.
pub fn glmm(analysis: &TableAnalysis, model: GlmmModel) -> Result<GlmmFinding, Vec<Diagnostic>> {
    let plan = &analysis.synthesis.plan;
    let measure = plan.measure;
    let design = |k: usize| Design::intercept(k);
    let options = options(plan);
    let counts = Counts::of(analysis.numbers.values());
    let fit = match measure {
        Measure::LogitProportion | Measure::LogProportion | Measure::Proportion => {
            let link = match measure {
                Measure::LogitProportion => ProportionLink::Logit,
                Measure::LogProportion => ProportionLink::Log,
                _ => ProportionLink::Identity,
            };
            let groups = counts.proportions;
            glmm_proportions(&groups, &design(groups.len()), link, &options)
        }
        Measure::LogIncidenceRate => {
            glmm_incidence_rates(&counts.rates, &design(counts.rates.len()), &options)
        }
        Measure::RateRatio => {
            let (e, c): (Vec<Rate>, Vec<Rate>) = counts.pairs_of_rates.into_iter().unzip();
            glmm_rates(&e, &c, &design(e.len()), model.of_rates(), &options)
        }
        _ => {
            let Some(table_model) = table_measure(measure).and_then(|it| model.of_tables(it))
            else {
                return Err(refused(
                    "--glmm",
                    format!("`{}` for {}", crate::Keyword::name(model), measure.name()),
                    "OR; for `fixed studies` and `random studies` RR or RD too; IRR, PLO, PLN, PR or IRLN",
                    "choose --measure OR, or another model",
                ));
            };
            glmm_tables(&counts.tables, &design(counts.tables.len()), table_model, &options)
        }
    };
    let fit = fit.map_err(|error| {
        refused(
            "--glmm",
            error.to_string(),
            "counts that the model can be fitted to",
            "choose another model, or Mantel-Haenszel",
        )
    })?;
    Ok(GlmmFinding { model, measure, fit })
}

/// The counts of the studies, by their form.
#[derive(Default)]
struct Counts {
    tables: Vec<TwoByTwo>,
    proportions: Vec<Proportion>,
    rates: Vec<Rate>,
    pairs_of_rates: Vec<(Rate, Rate)>,
}

impl Counts {
    fn of<'a>(studies: impl Iterator<Item = &'a StudyData>) -> Self {
        let mut counts = Self::default();
        for study in studies {
            match study {
                StudyData::Events(it) | StudyData::Summary(Summary::Table(it)) => {
                    counts.tables.push(*it);
                }
                StudyData::Summary(Summary::Proportion(it)) => counts.proportions.push(*it),
                StudyData::Summary(Summary::Rate(it)) => counts.rates.push(*it),
                StudyData::Summary(Summary::Rates { experimental, control }) => {
                    counts.pairs_of_rates.push((*experimental, *control));
                }
                _ => {}
            }
        }
        counts
    }
}

impl GlmmModel {
    /// The model of 2×2 tables; conditional ones have the odds ratio only.
    fn of_tables(self, measure: TableMeasure) -> Option<TableModel> {
        let coding = GroupCoding::Contrast;
        let is_odds_ratio = measure == TableMeasure::OddsRatio;
        match self {
            Self::Conditional => is_odds_ratio.then_some(TableModel::ExactConditional),
            Self::ApproximateConditional => {
                is_odds_ratio.then_some(TableModel::ApproximateConditional)
            }
            Self::FixedStudies => {
                Some(TableModel::Unconditional(measure, StudyLevels::Fixed(coding)))
            }
            Self::RandomStudies => {
                let levels = StudyLevels::Random { coding, correlated: false };
                Some(TableModel::Unconditional(measure, levels))
            }
        }
    }

    /// The model of rates, whose conditional likelihood needs no approximation.
    fn of_rates(self) -> RateModel {
        let coding = GroupCoding::Contrast;
        match self {
            Self::Conditional | Self::ApproximateConditional => RateModel::Conditional,
            Self::FixedStudies => RateModel::Unconditional(StudyLevels::Fixed(coding)),
            Self::RandomStudies => {
                RateModel::Unconditional(StudyLevels::Random { coding, correlated: false })
            }
        }
    }
}

fn table_measure(measure: Measure) -> Option<TableMeasure> {
    match measure {
        Measure::OddsRatio => Some(TableMeasure::OddsRatio),
        Measure::RiskRatio => Some(TableMeasure::RiskRatio),
        Measure::RiskDifference => Some(TableMeasure::RiskDifference),
        _ => None,
    }
}

fn options(plan: &AnalysisPlan) -> GlmmOptions {
    GlmmOptions {
        effects: match plan.model {
            ModelKind::Random => GlmmEffects::Random,
            ModelKind::Common => GlmmEffects::Common,
        },
        test: if plan.ci == CiMethod::Wald { GlmmTest::Z } else { GlmmTest::T },
        level: plan.level_share(),
        ..GlmmOptions::default()
    }
}
