//! The options of `consil meta` that ask for more than the pool.

use clap::Args;
use consilience_review::Printed;
use consilience_review::inquiry::{
    Dependence, Dimension, GlmmModel, InclusionRule, LocationScaleQuestion, Moderators,
    PermutationQuestion, Question, RandomTerm, SelectionQuestion, Term,
};
use consilience_stats::location_scale::ScaleLink;
use consilience_stats::multivariate::ClusterCorrection;
use consilience_stats::resample::permutation::Tail;

use super::{correlation, keyword};

/// What else is asked of the studies.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[expect(clippy::doc_markdown, reason = "these texts are the command's help")]
#[derive(Debug, Args)]
#[command(next_help_heading = "Further questions")]
pub(super) struct Questions {
    /// Meta-regression on these columns: `ablat + factor(alloc, random) + ablat:alloc + year^2`. Columns of numbers are
    /// numbers, others factors
    #[arg(long, value_name = "TERMS", value_parser = terms)]
    mods: Option<Terms>,
    /// Leave the intercept out of the meta-regression
    #[arg(long, requires = "mods")]
    no_intercept: bool,
    /// Location-scale model: the between-study variance depends on these columns, the mean effect on those of --mods
    #[arg(long, value_name = "TERMS", value_parser = terms, conflicts_with_all = ["random", "cluster"])]
    scale: Option<Terms>,
    /// How it depends on them: log (ln τ² is their linear combination) or identity (τ² is)
    #[arg(long, value_name = "LINK", default_value = "log", requires = "scale", value_parser = scale_link)]
    scale_link: ScaleLink,
    /// Random effects of several effects a study, which then have a row each: `study/row`, `district/school`,
    /// `UN(outcome|study)`; may be given several times. `row` numbers the rows
    #[arg(long, value_name = "EFFECTS", value_parser = RandomTerm::parse)]
    random: Vec<RandomTerm>,
    /// Column of the clusters to which inference is robust
    #[arg(long, value_name = "COLUMN")]
    cluster: Option<String>,
    /// Correction of the cluster-robust variances: CR0, CR1, CR1p, CR1S, CR2, CR3, residual, `residual adjusted`
    #[arg(
        long,
        value_name = "CORRECTION",
        default_value = "CR2",
        requires = "cluster",
        value_parser = keyword::<ClusterCorrection>
    )]
    robust: ClusterCorrection,
    /// Correlation of the sampling errors within the clusters
    #[arg(
        long,
        value_name = "R",
        requires = "cluster",
        value_parser = correlation,
        allow_negative_numbers = true
    )]
    sampling_correlation: Option<Printed>,
    /// Pool the counts by a generalised linear mixed model: conditional, `approximate conditional`, `fixed studies` or
    /// `random studies`
    #[arg(long, value_name = "MODEL", value_parser = keyword::<GlmmModel>)]
    glmm: Option<GlmmModel>,
    /// What each study does to the answer: residuals, leverage, DFFITS, Cook's distance, and what changes without it; with --random
    /// what each effect and each cluster does to that model
    #[arg(long)]
    influence: bool,
    /// Add the studies one by one in the order of this column
    #[arg(long, value_name = "COLUMN")]
    cumulative: Option<String>,
    /// Pool every subset of the studies (GOSH); of more than 20 studies a sample of 2^20 subsets
    #[arg(long)]
    gosh: bool,
    /// Seed of everything that is drawn at random
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Small-study effects: tests of funnel-plot asymmetry (Egger, Begg, Harbord, Peters, Deeks, …), trim and fill,
    /// PET-PEESE, Henmi-Copas, excess significance, fail-safe N
    #[arg(long)]
    small_study: bool,
    /// A selection model: `step(0.025)`, beta, half-normal, `negative exponential`, logistic, power or
    /// `negative exponential power`; with `greater:`, `less:` or `two-sided:` before it to say where P values point. May be
    /// given several times
    #[arg(long, value_name = "MODEL", value_parser = SelectionQuestion::parse)]
    selection: Vec<SelectionQuestion>,
    /// The p-curve: whether the P values below 0.05 alone speak of an effect, and with which power it was looked for
    #[arg(long)]
    p_curve: bool,
    /// p-uniform*: the effect had studies been published for their significance in the direction of the pooled effect
    #[arg(long)]
    p_uniform: bool,
    /// Test the pooled effect, or with --mods the moderators, by permutation: exactly where there are no more arrangements
    /// than this, else by so many at random
    #[arg(long, value_name = "ARRANGEMENTS", value_parser = clap::value_parser!(u32).range(1..))]
    permute: Option<u32>,
    /// Which side the P values of --permute are of: two-sided, or less or greater for coefficients below or above 0 (of
    /// ratios, of their logarithms)
    #[arg(long, value_name = "SIDE", default_value = "two-sided", requires = "permute", value_parser = tail)]
    alternative: Tail,
    /// Bootstrap intervals of the pooled effect from so many samples of the studies
    #[arg(long, value_name = "SAMPLES", value_parser = clap::value_parser!(u32).range(1..))]
    bootstrap: Option<u32>,
    /// Combine the studies' P values by every method (Fisher, Stouffer, …) and count their directions
    #[arg(long)]
    combine_p: bool,
    /// Count the studies by direction of effect, and those of which a rule holds, such as `bias=low`, which are dark in a
    /// harvest plot
    #[arg(long, value_name = "RULE", num_args = 0..=1, require_equals = true, default_missing_value = "all", value_parser = InclusionRule::parse)]
    directions: Option<InclusionRule>,
    /// Repeat the analysis with every combination of the defensible choices, by default of models, estimators of the
    /// between-study variance and intervals: `tau2=DL|REML; ci=Wald|Hartung-Knapp; include=all|bias!=high`. Kinds of
    /// choices: measure, model, method, tau2, ci, correlation, include
    #[arg(long, value_name = "CHOICES", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = dimensions)]
    multiverse: Option<Dimensions>,
}

impl Questions {
    /// Whether a study may have several rows, whose effects depend on one another.
    pub(super) fn is_dependent(&self) -> bool {
        !self.random.is_empty() || self.cluster.is_some()
    }

    /// The questions, in the order in which their answers are shown.
    pub(super) fn all(&self) -> Vec<Question> {
        let moderators =
            self.mods.clone().map(|it| Moderators { terms: it.0, intercept: !self.no_intercept });
        let dependence = self.is_dependent().then(|| Dependence {
            moderators: moderators.clone(),
            random: self.random.clone(),
            sampling_correlation: self.sampling_correlation.as_ref().map(Printed::value),
            cluster: self.cluster.clone(),
            correction: self.robust,
            influence: self.influence,
        });
        // Of a model with levels it is that model from which effects are left out.
        let is_of_levels = dependence.as_ref().is_some_and(Dependence::has_levels);
        let influence = (self.influence && !is_of_levels).then_some(Question::Influence);
        let permutation = self.permute.map(|it| {
            Question::Permutation(PermutationQuestion {
                moderators: moderators.clone(),
                iterations: it as usize,
                seed: self.seed,
                tail: self.alternative,
            })
        });
        let bootstrap = self.bootstrap.map(|it| Question::Bootstrap(it as usize, self.seed));
        let scale = self.scale.clone().map(|it| {
            Question::LocationScale(LocationScaleQuestion {
                location: moderators.clone(),
                scale: it.0,
                link: self.scale_link,
            })
        });
        let regression = moderators
            .filter(|_| dependence.is_none() && scale.is_none())
            .map(Question::MetaRegression);
        let multiverse = self.multiverse.clone().map(|it| Question::Multiverse(it.0));
        let glmm = self.glmm.map(Question::Glmm);
        let cumulative = self.cumulative.clone().map(Question::Cumulative);
        let subsets = self.gosh.then_some(Question::AllSubsets(self.seed));
        let small_study = self.small_study.then_some(Question::SmallStudyEffects);
        let selection = self.selection.iter().cloned().map(Question::Selection);
        let directions = self.directions.clone();
        let directions =
            directions.map(|it| Question::Directions((it != InclusionRule::All).then_some(it)));
        [
            regression,
            scale,
            dependence.map(Question::DependentEffects),
            glmm,
            influence,
            cumulative,
            subsets,
            small_study,
        ]
        .into_iter()
        .flatten()
        .chain(selection)
        .chain(self.p_curve.then_some(Question::PCurve))
        .chain(self.p_uniform.then_some(Question::PUniform))
        .chain(permutation)
        .chain(bootstrap)
        .chain(self.combine_p.then_some(Question::CombinedPValues))
        .chain(directions)
        .chain(multiverse)
        .collect()
    }
}

/// The terms of a regression, as one value of the command line.
#[derive(Debug, Clone)]
struct Terms(Vec<Term>);

fn terms(text: &str) -> Result<Terms, String> {
    Term::list(text).map(Terms).map_err(|it| it.to_string())
}

fn tail(text: &str) -> Result<Tail, String> {
    match text {
        "two-sided" => Ok(Tail::Both),
        "less" => Ok(Tail::Less),
        "greater" => Ok(Tail::Greater),
        _ => Err("expected two-sided, less or greater".to_owned()),
    }
}

fn scale_link(text: &str) -> Result<ScaleLink, String> {
    match text {
        "log" => Ok(ScaleLink::Log),
        "identity" => Ok(ScaleLink::Identity),
        _ => Err("expected log or identity".to_owned()),
    }
}

/// The dimensions of a multiverse, as one value of the command line.
#[derive(Debug, Clone)]
struct Dimensions(Vec<Dimension>);

fn dimensions(text: &str) -> Result<Dimensions, String> {
    Dimension::list(text).map(Dimensions).map_err(|it| it.to_string())
}
