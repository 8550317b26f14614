//! One synthesis as JSON. Scripts rely on these names: fields may be added, none renamed.

use consilience_review::Keyword;
use consilience_review::analysis::{
    CorrelationSource, Excluded, Favoured, Narrative, NarrativeP, NarrativeRow, Pairing, StudyData,
    StudyEffect, Synthesis,
};
use consilience_review::vocabulary::choice::Tau2Choice;
use consilience_stats::{CombinedP, Effect, Interval, Pooled, RegressionTest, Summary, VoteCount};
use serde_json::{Map, Value, json};

use crate::settings::Settings;
use crate::statement::statement;
use crate::trace_json::{choice_json, conversions_json};

/// One synthesis as JSON, with numbers at full precision.
///
/// `estimate`, `se`, the limits and `tau2` are on the analysis scale (logarithms for ratios); `display` holds
/// the estimate and its limits as readers see them. `i2` and weights are percentages. What was not computed,
/// or is not finite, is `null`.
pub fn synthesis_json(synthesis: &Synthesis) -> Value {
    let plan = &synthesis.plan;
    let settings = Settings::of(synthesis);
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("id", json!(plan.id));
    put("title", json!(synthesis.title));
    put("comparison", json!(plan.comparison));
    put("outcome", json!(plan.outcome));
    put("statement", json!(statement(synthesis)));
    put("k", json!(synthesis.studies.len()));
    put("profile", json!(plan.profile.name()));
    put("measure", json!(plan.measure.name()));
    put("effect_name", json!(plan.effect_words()));
    put("is_ratio", json!(plan.is_ratio()));
    put("model", json!(settings.model.name()));
    put("method", json!(settings.method.name()));
    put("tau2_method", json!(settings.tau2.as_ref().map(tau2_method)));
    put("weights", json!(settings.weights.text()));
    put("ci_method", json!(settings.ci.name()));
    put("level", json!(plan.level.value()));
    put("studies", synthesis.studies.iter().map(|it| study(synthesis, it)).collect());
    put("excluded", excluded(synthesis));
    put("notes", json!(synthesis.notes));
    put("subgroups", subgroups(synthesis));
    put("subgroup_test", subgroup_test(synthesis));
    put("leave_one_out", leave_one_out(synthesis));
    put("correlations", correlations(synthesis));
    put("risk_of_bias_sensitivity", restricted(synthesis));
    put("without_estimates", without_estimates(synthesis));
    put("egger", synthesis.egger.as_ref().map_or(Value::Null, egger));
    put(
        "narrative",
        synthesis.narrative.as_ref().map_or(Value::Null, |it| narrative(synthesis, it)),
    );
    if let Some(regression) = &synthesis.regression {
        let regression = crate::finding::meta_regression_json(regression);
        object.insert("meta_regression".to_owned(), regression);
    }
    object.append(&mut pooled(synthesis, synthesis.pooled.as_ref()));
    object.append(&mut heterogeneity_interval(synthesis));
    Value::Object(object)
}

/// The estimator's name, or that the number was given.
fn tau2_method(tau2: &Tau2Choice) -> &str {
    match tau2 {
        Tau2Choice::Estimated(method) => method.name(),
        Tau2Choice::Given(_) => "given",
    }
}

/// The limits of τ², I² and H²; `null` where there are none.
fn heterogeneity_interval(synthesis: &Synthesis) -> Map<String, Value> {
    let found = synthesis.heterogeneity_interval;
    let method = synthesis.plan.tau2_interval.filter(|_| found.is_some());
    let mut object = Map::new();
    object.insert("tau2_ci_method".to_owned(), json!(method.map(Keyword::name)));
    let limits = [
        ("tau2", found.map(|it| it.tau2)),
        ("i2", found.map(|it| it.i2)),
        ("h2", found.map(|it| it.h2)),
    ];
    for (name, interval) in limits {
        object.insert(format!("{name}_ci_lower"), json!(interval.map(|it| it.lower)));
        object.insert(format!("{name}_ci_upper"), json!(interval.map(|it| it.upper)));
    }
    object
}

/// The numbers of a pool; all `null` where there is none.
pub(crate) fn pooled(synthesis: &Synthesis, pooled: Option<&Pooled>) -> Map<String, Value> {
    let number = |of: fn(&Pooled) -> f64| json!(pooled.map(of));
    let prediction = pooled.and_then(|it| it.prediction);
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("estimate", number(|it| it.estimate));
    put("se", number(|it| it.se));
    put("statistic", number(|it| it.statistic));
    put("df", json!(pooled.and_then(|it| it.df)));
    put("p_value", number(|it| it.p_value));
    put("ci_lower", number(|it| it.ci.lower));
    put("ci_upper", number(|it| it.ci.upper));
    put("tau2", number(|it| it.tau2));
    put("tau2_se", json!(pooled.and_then(|it| it.se_tau2)));
    put("i2", number(|it| it.i2));
    put("h2", number(|it| it.h2));
    put("q", number(|it| it.q));
    put("q_df", number(|it| it.q_df));
    put("q_p_value", number(|it| it.q_p_value));
    put("prediction_lower", json!(prediction.map(|it| it.lower)));
    put("prediction_upper", json!(prediction.map(|it| it.upper)));
    let show = |it: f64| synthesis.display(it);
    put(
        "display",
        json!({
            "estimate": pooled.map(|it| show(it.estimate)),
            "ci_lower": pooled.map(|it| show(it.ci.lower)),
            "ci_upper": pooled.map(|it| show(it.ci.upper)),
            "prediction_lower": prediction.map(|it| show(it.lower)),
            "prediction_upper": prediction.map(|it| show(it.upper)),
        }),
    );
    object
}

/// An estimate with its interval, on both scales.
fn estimate(show: &dyn Fn(f64) -> f64, effect: Effect, ci: Interval) -> Map<String, Value> {
    let object = json!({
        "estimate": effect.estimate,
        "se": effect.se(),
        "ci_lower": ci.lower,
        "ci_upper": ci.upper,
        "display": {
            "estimate": show(effect.estimate),
            "ci_lower": show(ci.lower),
            "ci_upper": show(ci.upper),
        },
    });
    match object {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn study(synthesis: &Synthesis, it: &StudyEffect) -> Value {
    let show = |value: f64| synthesis.display_of(it, value);
    let mut object = estimate(&show, it.effect, it.ci);
    object.insert("study".to_owned(), json!(it.study));
    object.insert("arm".to_owned(), json!(it.arm));
    object.insert("weight".to_owned(), json!(it.weight));
    object.insert("subgroup".to_owned(), json!(it.subgroup));
    object.insert("steps".to_owned(), json!(it.steps));
    object.insert("conversions".to_owned(), conversions_json(it));
    object.insert("choice".to_owned(), choice_json(it.choice.as_ref()));
    object.insert("pairing".to_owned(), it.pairing.as_ref().map_or(Value::Null, pairing));
    object.insert("data".to_owned(), data(&it.data));
    Value::Object(object)
}

fn data(data: &StudyData) -> Value {
    match data {
        StudyData::Means { experimental: e, comparator: c } => json!({
            "n_e": e.n, "mean_e": e.mean, "sd_e": e.sd,
            "n_c": c.n, "mean_c": c.mean, "sd_c": c.sd,
        }),
        StudyData::Events(it) => json!({
            "events_e": it.events_e, "n_e": it.n_e, "events_c": it.events_c, "n_c": it.n_c,
        }),
        StudyData::Summary(it) => summary(it),
        StudyData::Contrast { n } => json!({ "n": n }),
    }
}

fn summary(summary: &Summary) -> Value {
    match summary {
        Summary::Rates { experimental: e, control: c } => json!({
            "events_e": e.events, "time_e": e.person_time,
            "events_c": c.events, "time_c": c.person_time,
        }),
        Summary::Proportion(it) => json!({ "events": it.events, "n": it.n }),
        Summary::Rate(it) => json!({ "events": it.events, "time": it.person_time }),
        Summary::Mean(it) => json!({ "mean": it.mean, "sd": it.sd, "n": it.n }),
        Summary::Correlation(it) => json!({ "correlation": it.r, "n": it.n }),
        Summary::Table(it) => data(&StudyData::Events(*it)),
        Summary::Means { experimental, control } => {
            data(&StudyData::Means { experimental: *experimental, comparator: *control })
        }
        other => json!({ "n": other.size() }),
    }
}

fn pairing(pairing: &Pairing) -> Value {
    match pairing {
        Pairing::AsReported => json!({ "correlation": null, "source": "as reported" }),
        Pairing::Correlation(r, source) => {
            json!({ "correlation": r, "source": correlation_source(*source) })
        }
    }
}

/// Where a correlation comes from, in words.
pub(crate) fn correlation_source(source: CorrelationSource) -> &'static str {
    match source {
        CorrelationSource::Given => "printed by the trial",
        CorrelationSource::FromPrecision => "worked back from the precision of the difference",
        CorrelationSource::FromP => "worked back from a P value, as if from a paired t test",
        CorrelationSource::Assumed => "assumed",
    }
}

fn excluded(synthesis: &Synthesis) -> Value {
    let one = |it: &Excluded| {
        let mut object = json!({ "study": it.study, "reason": it.reason });
        if let Some(numbers) = &it.data {
            object["data"] = data(numbers);
        }
        object
    };
    synthesis.excluded.iter().map(one).collect()
}

fn subgroups(synthesis: &Synthesis) -> Value {
    synthesis
        .subgroups
        .iter()
        .map(|it| {
            let names: Vec<String> = it
                .members
                .iter()
                .filter_map(|position| synthesis.studies.get(*position))
                .map(StudyEffect::label)
                .collect();
            let mut object = pooled(synthesis, it.pooled.as_ref());
            object.insert("level".to_owned(), json!(it.level));
            object.insert("k".to_owned(), json!(it.members.len()));
            object.insert("studies".to_owned(), json!(names));
            Value::Object(object)
        })
        .collect()
}

fn subgroup_test(synthesis: &Synthesis) -> Value {
    synthesis.subgroup_test.map_or(
        Value::Null,
        |it| json!({ "q": it.q, "df": it.df, "p_value": it.p_value, "i2": it.i2 }),
    )
}

fn leave_one_out(synthesis: &Synthesis) -> Value {
    synthesis
        .leave_one_out
        .iter()
        .map(|it| {
            let mut object = pooled(synthesis, Some(&it.pooled));
            object.insert("left_out".to_owned(), json!(it.study));
            object.insert("study".to_owned(), json!(it.study));
            object.insert("k".to_owned(), json!(it.pooled.k));
            Value::Object(object)
        })
        .collect()
}

fn correlations(synthesis: &Synthesis) -> Value {
    synthesis
        .correlations
        .iter()
        .map(|it| {
            let mut object = pooled(synthesis, Some(&it.pooled));
            object.insert("correlation".to_owned(), json!(it.correlation));
            object.insert("paired".to_owned(), json!(it.correlation.is_some()));
            object.insert("k".to_owned(), json!(it.pooled.k));
            Value::Object(object)
        })
        .collect()
}

/// From studies judged well enough; empty where none was judged.
fn restricted(synthesis: &Synthesis) -> Value {
    synthesis
        .restricted
        .iter()
        .map(|it| {
            let mut object = pooled(synthesis, it.pooled.as_ref());
            let left_out: Value = it
                .left_out
                .iter()
                .map(|(study, judgement)| json!({ "study": study, "judgement": judgement }))
                .collect();
            object.insert("restriction".to_owned(), json!(it.restriction.key()));
            object.insert("judgements".to_owned(), json!(it.judgements));
            object.insert("k".to_owned(), json!(it.studies.len()));
            object.insert("studies".to_owned(), json!(it.studies));
            object.insert("left_out".to_owned(), left_out);
            Value::Object(object)
        })
        .collect()
}

/// Without the studies whose numbers are estimates; `null` where there are none.
fn without_estimates(synthesis: &Synthesis) -> Value {
    synthesis.without_estimates.as_ref().map_or(Value::Null, |it| {
        let mut object = pooled(synthesis, it.pooled.as_ref());
        object.insert("k".to_owned(), json!(it.pooled.as_ref().map_or(0, |it| it.k)));
        object.insert("left_out".to_owned(), json!(it.left_out));
        Value::Object(object)
    })
}

fn egger(it: &RegressionTest) -> Value {
    json!({
        "k": it.k,
        "intercept": it.intercept,
        "intercept_se": it.intercept_se,
        "slope": it.slope,
        "slope_se": it.slope_se,
        "statistic": it.statistic,
        "df": it.df,
        "p_value": it.p_value,
    })
}

fn narrative(synthesis: &Synthesis, it: &Narrative) -> Value {
    json!({
        "rows": it.rows.iter().map(|row| narrative_row(synthesis, row)).collect::<Value>(),
        "fisher": it.fisher.as_ref().map(combined),
        "stouffer": it.stouffer.as_ref().map(combined),
        "vote": it.vote.as_ref().map(vote),
    })
}

fn narrative_row(synthesis: &Synthesis, row: &NarrativeRow) -> Value {
    let mut object =
        row.effect.map_or_else(Map::new, |(it, ci)| estimate(&|it| synthesis.display(it), it, ci));
    let (p_value, p_printed) = match &row.p_value {
        Some(NarrativeP::Computed(p)) => (json!(p), Value::Null),
        Some(NarrativeP::Printed(p)) => (json!(p.exact()), json!(p.text())),
        None => (Value::Null, Value::Null),
    };
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("study", json!(row.study));
    put("instrument", json!(row.instrument));
    put("p_value", p_value);
    put("p_value_printed", p_printed);
    put("one_sided_p_value", json!(row.one_sided));
    put("favours", json!(row.favours.map(favoured)));
    put("n", json!(row.n));
    put("remark", json!(row.remark));
    Value::Object(object)
}

pub(crate) fn favoured(favoured: Favoured) -> &'static str {
    match favoured {
        Favoured::Experimental => "experimental",
        Favoured::Comparator => "comparator",
        Favoured::Neither => "neither",
        Favoured::Unclear => "unclear",
    }
}

fn combined(it: &CombinedP) -> Value {
    json!({ "k": it.k, "statistic": it.statistic, "df": it.df, "p_value": it.p_value })
}

pub(crate) fn vote(it: &VoteCount) -> Value {
    json!({
        "positive": it.positive,
        "total": it.total,
        "proportion": it.proportion,
        "ci_lower": it.interval.lower,
        "ci_upper": it.interval.upper,
        "exact_ci_lower": it.exact_interval.lower,
        "exact_ci_upper": it.exact_interval.upper,
        "p_value": it.p_value,
    })
}
