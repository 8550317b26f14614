//! One table, one meta-analysis: which columns are recognised, what the numbers in them mean, and what is said
//! when they cannot be read.
//!
//! Reference values: metafor 3.8-1 on the same numbers.

use consilience_review::analysis::{StudyData, Synthesis};
use consilience_review::single::{TableKind, TableRequest, analyse_table, role_names};
use consilience_review::vocabulary::plan::{AnalysisPlan, Method, ModelKind};
use consilience_review::vocabulary::study::Design;
use consilience_stats::{CiMethod, Measure};

use crate::made::assert_close;

/// A request with nothing but its defaults.
fn request() -> TableRequest {
    TableRequest::default()
}

fn of(measure: Measure) -> TableRequest {
    TableRequest { measure: Some(measure), ..request() }
}

fn with_plan(request: TableRequest, change: impl FnOnce(&mut AnalysisPlan)) -> TableRequest {
    let mut plan = request.plan.clone();
    change(&mut plan);
    TableRequest { plan, ..request }
}

fn by_hand(pairs: &[(&str, &str)]) -> TableRequest {
    let columns = pairs.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
    TableRequest { columns, ..request() }
}

#[track_caller]
fn analysed(table: &str, request: &TableRequest) -> Synthesis {
    analyse_table("t.csv", table.as_bytes(), request).unwrap().synthesis
}

#[track_caller]
fn messages(table: &str, request: &TableRequest) -> String {
    let problems = analyse_table("t.csv", table.as_bytes(), request).unwrap_err();
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Estimate and standard error of the first study.
fn first(synthesis: &Synthesis) -> [f64; 2] {
    let effect = synthesis.studies[0].effect;
    [effect.estimate, effect.se()]
}

#[test]
fn tables_of_events_are_recognised_by_every_family_of_names() {
    for (header, row) in [
        ("study,events_e,n_e,events_c,n_c", "A,4,123,11,139"),
        ("trial,tpos,tneg,cpos,cneg", "A,4,119,11,128"),
        ("slab,ai,bi,ci,di", "A,4,119,11,128"),
        ("slab,ai,n1i,ci,n2i", "A,4,123,11,139"),
        ("studlab,event.e,n.e,event.c,n.c", "A,4,123,11,139"),
        ("Study,Events1,Total1,Events2,Total2", "A,4,123,11,139"),
        ("Study,Experimental cases,Experimental N,Control cases,Control N", "A,4,123,11,139"),
        ("study_id,e1,n1,e2,n2", "A,4,123,11,139"),
    ] {
        let synthesis = analysed(&format!("{header}\n{row}\n"), &request());
        assert_eq!(synthesis.plan.measure, Measure::RiskRatio, "{header}");
        assert_eq!(synthesis.studies[0].study, "A");
        // escalc(measure = "RR").
        assert_close(first(&synthesis), [-0.889_311_333_920, 0.570_600_354_893], 1e-11);
    }
}

#[test]
fn tables_of_means_are_recognised_by_every_family_of_names() {
    for header in [
        "study,mean_e,sd_e,n_e,mean_c,sd_c,n_c",
        "slab,m1i,sd1i,n1i,m2i,sd2i,n2i",
        "studlab,mean.e,sd.e,n.e,mean.c,sd.c,n.c",
        "Study,Mean1,SD1,Total1,Mean2,SD2,Total2",
        "Study,Experimental mean,Experimental SD,Experimental N,Control mean,Control SD,Control N",
    ] {
        let synthesis = analysed(&format!("{header}\nA,5,2,20,4,2.5,25\n"), &request());
        assert_eq!(synthesis.plan.measure, Measure::MeanDifference, "{header}");
        assert_close(first(&synthesis), [1.0, 0.45_f64.sqrt()], 1e-12);
    }
}

#[test]
fn tables_of_effects_are_recognised_by_every_family_of_names() {
    for (header, row) in [
        ("study,effect,se", "A,-0.5,0.2"),
        ("study,estimate,standard_error", "A,-0.5,0.2"),
        ("slab,yi,vi", "A,-0.5,0.04"),
        ("slab,yi,sei", "A,-0.5,0.2"),
        ("studlab,TE,seTE", "A,-0.5,0.2"),
        ("study,effect,ci_lower,ci_upper", "A,-0.5,-0.891992796908,-0.108007203092"),
        ("slab,yi,ci.lb,ci.ub", "A,-0.5,-0.891992796908,-0.108007203092"),
        ("studlab,TE,lower,upper", "A,-0.5,-0.891992796908,-0.108007203092"),
    ] {
        let synthesis = analysed(&format!("{header}\n{row}\n"), &request());
        assert_eq!(synthesis.plan.measure, Measure::Generic, "{header}");
        assert_close(first(&synthesis), [-0.5, 0.2], 1e-12);
        assert!(matches!(synthesis.studies[0].data, StudyData::Contrast { .. }));
    }
}

#[test]
fn a_study_is_named_by_its_author_and_year_where_no_column_names_it() {
    let table =
        "author,year,ai,bi,ci,di\nHart & Sutherland,1977,62,13536,248,12619\nDoe,,4,119,11,128\n";
    let synthesis = analysed(table, &request());
    let names: Vec<&str> = synthesis.studies.iter().map(|it| it.study.as_str()).collect();
    assert_eq!(names, ["Hart & Sutherland 1977", "Doe"]);
}

#[test]
fn beside_authors_a_column_of_trials_is_a_running_number() {
    let table = "trial,author,year,tpos,tneg,cpos,cneg\n1,Aronson,1948,4,119,11,128\n2,Ferguson & Simes,.,6,300,29,274\n";
    let synthesis = analysed(table, &request());
    let names: Vec<&str> = synthesis.studies.iter().map(|it| it.study.as_str()).collect();
    assert_eq!(names, ["Aronson 1948", "Ferguson & Simes"]);
    let named = "slab,trial,author,year,tpos,tneg,cpos,cneg\nA,1,Aronson,1948,4,119,11,128\n";
    assert_eq!(analysed(named, &request()).studies[0].study, "A");
}

#[test]
fn columns_named_by_hand_come_before_recognised_ones() {
    let table = "who,ai,n1i,ci,n2i,severe\nA,4,123,11,139,2\n";
    let request = by_hand(&[("study", "who"), ("events_e", "severe")]);
    let synthesis = analysed(table, &request);
    let StudyData::Events(found) = synthesis.studies[0].data else { panic!() };
    assert_close([found.events_e, found.n_e], [2.0, 123.0], 0.0);
}

#[test]
fn the_measure_that_is_asked_for_chooses_among_the_columns() {
    let table = "slab,ai,bi,ci,di,yi,vi\nA,4,119,11,128,-0.5,0.04\n";
    assert_close(first(&analysed(table, &of(Measure::Generic))), [-0.5, 0.2], 1e-12);
    let odds = analysed(table, &of(Measure::OddsRatio));
    assert!(matches!(odds.studies[0].data, StudyData::Events(_)));
}

#[test]
fn effects_of_ratios_are_read_as_ratios_or_as_logarithms() {
    let ratio = |plan: &mut AnalysisPlan| plan.ratio = true;
    let half = [0.5_f64.ln(), 0.2];
    let natural = analysed("study,effect,se\nA,0.5,0.2\n", &with_plan(request(), ratio));
    assert_close(first(&natural), half, 1e-12);
    assert_close([natural.display(half[0])], [0.5], 1e-12);
    let logs = |request: TableRequest| TableRequest { effects_are_logs: true, ..request };
    let table = format!("study,effect,se\nA,{},0.2\n", half[0]);
    for request in [
        logs(with_plan(request(), ratio)),
        logs(request()),
        logs(of(Measure::Generic)),
        logs(of(Measure::OddsRatio)),
    ] {
        let synthesis = analysed(&table, &request);
        assert_close(first(&synthesis), half, 1e-12);
        assert_close([synthesis.display(half[0])], [0.5], 1e-12);
        assert_eq!(synthesis.notes, ["one study: this is its own result, and nothing was pooled"]);
    }
    let interval =
        analysed("study,effect,ci_lower,ci_upper\nA,0.64,0.33,1.22\n", &of(Measure::OddsRatio));
    assert_close(first(&interval), [-0.446_287_102_628, 0.111_259_262_998_9_f64.sqrt()], 1e-12);
}

#[test]
fn ratios_in_a_column_called_as_they_are_need_no_option() {
    // ln 0.64 and (ln 1.22 − ln 0.33) / (2 · 1.959964).
    let expected = [-0.446_287_102_628, 0.111_259_262_998_9_f64.sqrt()];
    for (column, name) in [
        ("HR", "Hazard ratio"),
        ("or", "Odds ratio"),
        ("RR", "Risk ratio"),
        ("IRR", "Incidence rate ratio"),
    ] {
        let table = format!("study,{column},lower,upper\nA,0.64,0.33,1.22\n");
        for request in [request(), of(Measure::Generic), by_hand(&[("effect", column)])] {
            let synthesis = analysed(&table, &request);
            assert_eq!((synthesis.plan.measure, synthesis.plan.ratio), (Measure::Generic, true));
            assert_eq!(synthesis.plan.effect_words(), name);
            assert_close(first(&synthesis), expected, 1e-12);
        }
    }
    let table = "study,or,lower,upper\nA,0.64,0.33,1.22\n";
    let odds = analysed(table, &of(Measure::OddsRatio));
    assert_eq!((odds.plan.measure, odds.plan.ratio), (Measure::OddsRatio, false));
    assert_close(first(&odds), expected, 1e-12);
    assert!(messages(table, &of(Measure::RiskRatio)).contains("which do not give RR"));
}

#[test]
fn a_column_called_as_an_effect_comes_before_one_called_as_a_ratio() {
    let synthesis = analysed("study,hr,yi,vi\nA,0.6,-0.5,0.04\n", &request());
    assert!(!synthesis.plan.is_ratio());
    assert_close(first(&synthesis), [-0.5, 0.2], 1e-12);
    let events = analysed("study,rr,ai,bi,ci,di,se\nA,0.6,4,119,11,128,0.2\n", &request());
    assert!(matches!(events.studies[0].data, StudyData::Events(_)));
}

#[test]
fn who_names_the_column_and_the_measure_knows_what_they_are() {
    // A difference of respiratory rates.
    let request =
        TableRequest { measure: Some(Measure::MeanDifference), ..by_hand(&[("effect", "rr")]) };
    assert_close(first(&analysed("study,rr,se\nA,-3,1\n", &request)), [-3.0, 1.0], 1e-12);
}

#[test]
fn an_effect_may_be_given_a_name() {
    let named = |plan: &mut AnalysisPlan| {
        plan.effect_name = Some("Hazard ratio".to_owned());
        plan.ratio = true;
    };
    let table = "study,effect,se\nA,0.64,0.3\nB,0.8,NA\n";
    let synthesis = analysed(table, &with_plan(request(), named));
    assert_close(first(&synthesis), [-0.446_287_102_628, 0.3], 1e-12);
    assert_eq!(synthesis.title, "Outcome: Hazard ratio");
    assert_eq!(
        synthesis.excluded[0].reason,
        "Hazard ratio 0.8 without SE, interval or exact P value"
    );
}

#[test]
fn ratios_under_the_names_of_metafor_and_meta_are_logarithms() {
    for (header, by_name) in [("slab,yi,sei", "yi"), ("studlab,TE,seTE", "TE")] {
        let table = format!("{header}\nA,0.4,0.2\n");
        let synthesis = analysed(&table, &of(Measure::RiskRatio));
        assert_close(first(&synthesis), [0.4, 0.2], 1e-12);
        assert!(synthesis.notes[0].starts_with(&format!("`{by_name}` is read as logarithms")));
        let otherwise =
            TableRequest { measure: Some(Measure::RiskRatio), ..by_hand(&[("effect", by_name)]) };
        assert_close(first(&analysed(&table, &otherwise)), [0.4_f64.ln(), 0.2], 1e-12);
    }
}

#[test]
fn missing_cells_leave_a_study_out_with_its_reason() {
    let events = "study,events_e,n_e,events_c,n_c\nA,4,123,11,139\nB,,123,11,139\nC,4,123,NA,139\nD,4,,11,139\n";
    let reasons = |synthesis: Synthesis| -> Vec<String> {
        assert_eq!(synthesis.studies.len(), 1);
        synthesis.excluded.iter().map(|it| format!("{}: {}", it.study, it.reason)).collect()
    };
    assert_eq!(
        reasons(analysed(events, &request())),
        [
            "B: experimental: no events given",
            "C: comparator: no events given",
            "D: experimental: the number of people is not known",
        ]
    );
    let means = "study,m1i,sd1i,n1i,m2i,sd2i,n2i\nA,5,2,20,4,2.5,25\nB,NA,2,20,4,2.5,25\nC,5,,20,4,2.5,25\n";
    assert_eq!(
        reasons(analysed(means, &request())),
        [
            "B: experimental: no mean given",
            "C: experimental: a mean without SD, SE or confidence interval",
        ]
    );
    for missing in [".", "-", "–"] {
        let effects = format!("study,yi,sei\nA,-0.5,0.2\nB,{missing},0.2\n");
        assert_eq!(reasons(analysed(&effects, &request())), ["B: no effect given"]);
    }
    let effects = "study,yi,sei\nA,0.5,0.2\nB,NA,0.2\nC,0.5,NA\n";
    assert_eq!(
        reasons(analysed(effects, &request())),
        ["B: no effect given", "C: GEN 0.5 without SE, interval or exact P value"]
    );
}

#[test]
fn other_columns_are_characteristics_open_to_subgroups() {
    let table = "study,year,events_e,n_e,events_c,n_c,alloc\nA,1948,4,123,11,139,random\nB,1949,6,306,29,303,\n";
    for (column, expected) in [("alloc", ["random", "not stated"]), ("year", ["1948", "1949"])] {
        let request = with_plan(request(), |plan| plan.subgroup = Some(column.to_owned()));
        let levels: Vec<String> =
            analysed(table, &request).subgroups.into_iter().map(|it| it.level).collect();
        assert_eq!(levels, expected);
    }
}

#[test]
fn paired_tables_count_pairs() {
    let request = TableRequest { design: Design::WithinPerson, ..request() };
    let table = "study,m1i,sd1i,n1i,m2i,sd2i,n2i\nA,7,2,10,6.5,2,10\n";
    // 2·4·(1 − 0.5)/10.
    assert_close(first(&analysed(table, &request)), [0.5, 0.4_f64.sqrt()], 1e-12);
}

#[test]
fn what_is_wrong_with_a_table_is_said_with_its_place() {
    let events = |rows: &str| format!("study,events_e,n_e,events_c,n_c\n{rows}");
    let says = |table: &str| messages(table, &request());
    insta::assert_snapshot!(
        [
            says(""),
            says("study,events_e,n_e,events_c,n_c\n"),
            says(&events("A,14,12,1,20\n")),
            says(&events("A,1,12,21,20\n")),
            says(&events("A,-1,12,1,20\n")),
            says(&events("A,one,12,1,20\n")),
            says(&events("A,1,12,1,20\nA,2,12,1,20\n")),
            says(&events(",1,12,1,20\n")),
            says("study,ai,bi,n1i,ci,di\nA,4,119,120,11,128\n"),
            says("study,m1i,sd1i,n1i,m2i,sd2i,n2i\nA,5,-2,20,4,2.5,25\n"),
            says("study,yi,vi\nA,5,0\n"),
            says("study,weight\nA,5\n"),
            says("study,events_e,events_c\nA,5,6\n"),
            says("ai,bi,ci,di\n4,119,11,128\n"),
            says("study;ai;bi\nA;4;119\n"),
        ]
        .join("\n"),
        @"
    t.csv: found an empty file, expected a header and a row for each study; add the header, or delete the file
    t.csv: found a header without rows, expected a row for each study; add the studies
    t.csv:2:3 (events_e): found 14, expected no more than 12, `n` of this row; check both against the source
    t.csv:2:8 (events_c): found 21, expected no more than 20, `n` of this row; check both against the source
    t.csv:2:3 (events_e): found `-1`, expected a number of events, 0 or more; correct it, or check it against the source
    t.csv:2:3 (events_e): found `one`, expected a number such as 12.5; correct it, or leave it empty if it is not known
    t.csv:3:1 (study): found `A` a second time, expected each only once; remove one, or change what tells them apart
    t.csv:2:1 (study): found nothing, expected the study's name; fill in `study`
    t.csv:2:9 (n1i): found `120`, expected 123, those with and without the event together; check the three numbers
    t.csv:2:5 (sd1i): found `-2`, expected a standard deviation of 0 or more; correct it, or check it against the source
    t.csv:2:5 (vi): found `0`, expected a variance above 0; correct it, or check it against the source
    t.csv:1:1: found the columns study, weight, expected events_e, n_e, events_c, n_c (or ai, bi, ci, di); or mean_e, sd_e, n_e, mean_c, sd_c, n_c; or effect with se, variance or ci_lower and ci_upper; or where nothing can be pooled, p_value and favours; rename the columns, or name them with --columns events_e=…,n_e=…
    t.csv:1:1: found the columns study, events_e, events_c, expected events_e, n_e, events_c, n_c (or ai, bi, ci, di); or mean_e, sd_e, n_e, mean_c, sd_c, n_c; or effect with se, variance or ci_lower and ci_upper; or where nothing can be pooled, p_value and favours; rename the columns, or name them with --columns events_e=…,n_e=…
    t.csv:1:1: found the columns ai, bi, ci, di, expected a column `study` with the studies' names; add it, or name it with --columns study=…
    t.csv:1:1: found columns separated by `;` or tabs, expected columns separated by `,`; save the file as comma-separated values
    "
    );
}

#[test]
fn a_row_that_sums_up_others_is_no_study() {
    let totals = [
        "Total",
        "TOTAL:",
        "Total (95% CI)",
        "Subtotal (95% CI):",
        "sub-total",
        "Overall",
        "pooled",
        "Summary",
    ];
    for total in totals {
        for table in [
            format!("study,ai,bi,ci,di\nA,4,119,11,128\n{total},4,119,11,128\n"),
            format!("author,year,ai,bi,ci,di\nA,1948,4,119,11,128\n{total},,4,119,11,128\n"),
        ] {
            let column = if table.starts_with("study") { "study" } else { "author" };
            assert_eq!(
                messages(&table, &request()),
                format!(
                    "t.csv:3:1 ({column}): found `{total}`, which looks like a total, not a study, expected a \
                     study; remove the row"
                )
            );
        }
    }
    let study = "study,ai,bi,ci,di\nTotal Health Trial 2001,4,119,11,128\n";
    assert_eq!(analysed(study, &request()).studies.len(), 1);
}

#[test]
fn a_row_with_too_many_cells_is_one_message() {
    let table = "study,ai,bi,ci,di\nA,4,119,11,128\nSmith, Doe 2001,4,119,11,128\nSmith 2001,4,119,11,128\n";
    assert_eq!(
        messages(table, &request()),
        "t.csv:3:1: found 6 cells, expected 5, as the header of t.csv has; put a cell that contains a comma in \
         quotation marks"
    );
}

#[test]
fn a_first_row_that_stops_early_loses_no_column() {
    let table = "study,ai,bi,ci,di,alloc\nA,4,119,11,128\nB,6,300,29,274,random\n";
    let request = with_plan(request(), |plan| plan.subgroup = Some("alloc".to_owned()));
    assert_eq!(analysed(table, &request).subgroups.len(), 2);
}

#[test]
fn what_the_columns_or_the_other_options_do_not_allow_is_refused() {
    let events = "study,ai,bi,ci,di\nA,4,119,11,128\n";
    let means = "study,m1i,sd1i,n1i,m2i,sd2i,n2i\nA,5,2,20,4,2.5,25\n";
    let effects = "study,effect,se\nA,0.5,0.2\n";
    let logs = |request: TableRequest| TableRequest { effects_are_logs: true, ..request };
    let is_mh = |plan: &mut AnalysisPlan| plan.method = Method::MantelHaenszel;
    let is_ratio = |plan: &mut AnalysisPlan| plan.ratio = true;
    insta::assert_snapshot!(
        [
            messages(events, &of(Measure::MeanDifference)),
            messages(means, &of(Measure::RiskRatio)),
            messages(means, &of(Measure::Generic)),
            messages("study,weight\nA,5\n", &of(Measure::StandardizedMeanDifference)),
            messages(events, &by_hand(&[("events", "ai")])),
            messages(events, &by_hand(&[("events_e", "aj")])),
            messages(events, &logs(request())),
            messages(effects, &logs(of(Measure::MeanDifference))),
            messages(effects, &with_plan(of(Measure::MeanDifference), is_ratio)),
            messages(means, &with_plan(request(), is_mh)),
            messages(
                events,
                &with_plan(request(), |plan| {
                    plan.method = Method::MantelHaenszel;
                    plan.model = ModelKind::Common;
                    plan.ci = CiMethod::HartungKnapp;
                })
            ),
            messages(
                events,
                &with_plan(request(), |plan| plan.subgroup = Some("alloc".to_owned()))
            ),
            messages("study,effect,se\nA,800,0.2\n", &logs(of(Measure::RiskRatio))),
        ]
        .join("\n"),
        @"
    t.csv:1:1: found the columns study, ai, bi, ci, di, which do not give MD, expected mean_e, sd_e, n_e, mean_c, sd_c, n_c; or effect with se, variance or ci_lower and ci_upper; or where nothing can be pooled, p_value and favours; choose another measure, RR for one
    t.csv:1:1: found the columns study, m1i, sd1i, n1i, m2i, sd2i, n2i, which do not give RR, expected events_e, n_e, events_c, n_c (or ai, bi, ci, di); or effect with se, variance or ci_lower and ci_upper; or where nothing can be pooled, p_value and favours; choose another measure, MD for one
    t.csv:1:1: found the columns study, m1i, sd1i, n1i, m2i, sd2i, n2i, which do not give GEN, expected effect with se, variance or ci_lower and ci_upper; or where nothing can be pooled, p_value and favours; choose another measure, MD for one
    t.csv:1:1: found the columns study, weight, which do not give SMD, expected mean_e, sd_e, n_e, mean_c, sd_c, n_c; or effect with se, variance or ci_lower and ci_upper; or where nothing can be pooled, p_value and favours; rename the columns, or name them with --columns
    --columns: found `events`, expected one of: study, author, year, events_e, nonevents_e, n_e, events_c, nonevents_c, n_c, mean_e, sd_e, mean_c, sd_c, effect, se, variance, ci_lower, ci_upper, n, p_value, favours; write ROLE=COLUMN
    --columns: found `aj`, and no such column in t.csv, expected one of: study, ai, bi, ci, di; correct the name
    --log: found logarithms, for RR, expected a table of effects that are ratios; remove it, or choose the measure of the effects
    --log: found logarithms, for MD, expected a table of effects that are ratios; remove it, or choose the measure of the effects
    --ratio: found `true`, expected this only with the measure `GEN`; remove it
    --method: found `Mantel-Haenszel`, expected `inverse variance` for this measure; Mantel-Haenszel needs RR, OR or RD, or IRR or IRD
    --tau2: found `REML`, expected `DL` with Mantel-Haenszel; remove it, or choose inverse variance as the method
    --ci: found `Hartung-Knapp`, expected `Wald` with Mantel-Haenszel; choose inverse variance as the method
    t.csv:1:1: found no column `alloc`, expected a column besides those of the analysis; name the column by which subgroups are made
    t.csv:2:3 (effect): found `800`, expected the logarithm of a ratio; correct it, or check it against the source
    "
    );
}

#[test]
fn every_role_has_a_name_and_every_kind_a_measure() {
    assert_eq!(role_names().count(), 21);
    let measures = [TableKind::Events, TableKind::Means, TableKind::Effects, TableKind::PValues]
        .map(|it| it.default_measure().name());
    assert_eq!(measures, ["RR", "MD", "GEN", "GEN"]);
}
