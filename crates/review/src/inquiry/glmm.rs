//! The counts themselves pooled by a generalised linear mixed model, where events are rare or studies small.
//!
//! Stijnen, Hamza & Özdemir (2010), doi 10.1002/sim.4040; Handbook 10.4.4.

use consilience_stats::glmm::{
    Glmm, GlmmEffects, GlmmOptions, GlmmTest, GroupCoding, StudyLevels, TableMeasure, TableModel,
    glmm_tables,
};
use consilience_stats::{CiMethod, Design, Measure, TwoByTwo};

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

/// Pools the tables of all studies, also of those without events, by a generalised linear mixed model.
///
/// # Errors
/// The table has no events of two groups, the measure does not fit the model, or the model has no answer.
pub fn glmm(analysis: &TableAnalysis, model: GlmmModel) -> Result<GlmmFinding, Vec<Diagnostic>> {
    let plan = &analysis.synthesis.plan;
    let tables: Vec<TwoByTwo> = analysis
        .numbers
        .values()
        .filter_map(|it| match it {
            StudyData::Events(table) => Some(*table),
            _ => None,
        })
        .collect();
    if tables.is_empty() {
        return Err(refused(
            "--glmm",
            "a table without events of two groups",
            "events_e, n_e, events_c, n_c",
            "leave it out, or give the events",
        ));
    }
    let measure = table_measure(plan.measure).filter(|it| {
        let conditional =
            matches!(model, GlmmModel::Conditional | GlmmModel::ApproximateConditional);
        !conditional || *it == TableMeasure::OddsRatio
    });
    let Some(measure) = measure else {
        return Err(refused(
            "--glmm",
            format!("`{}` for {}", crate::Keyword::name(model), plan.measure.name()),
            "OR; for `fixed studies` and `random studies` RR or RD too",
            "choose --measure OR, or another model",
        ));
    };
    let coding = GroupCoding::Contrast;
    let table_model = match model {
        GlmmModel::Conditional => TableModel::ExactConditional,
        GlmmModel::ApproximateConditional => TableModel::ApproximateConditional,
        GlmmModel::FixedStudies => TableModel::Unconditional(measure, StudyLevels::Fixed(coding)),
        GlmmModel::RandomStudies => {
            TableModel::Unconditional(measure, StudyLevels::Random { coding, correlated: false })
        }
    };
    let fit = glmm_tables(&tables, &Design::intercept(tables.len()), table_model, &options(plan))
        .map_err(|error| {
        refused(
            "--glmm",
            error.to_string(),
            "tables that the model can be fitted to",
            "choose another model, or Mantel-Haenszel",
        )
    })?;
    Ok(GlmmFinding { model, measure: plan.measure, fit })
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
