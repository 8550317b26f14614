//! What holds of every review, however strange its numbers: nothing panics, no study is lost or counted twice, and
//! neither the order of rows nor the way round of a comparison changes what is said.

use std::collections::BTreeSet;

use consilience_review::analysis::{Synthesis, analyse};
use consilience_review::{State, evaluate};
use proptest::prelude::*;
use proptest::sample::select;

use crate::made::{Made, review};

/// The settings of a plan, without contradictions.
fn plan() -> impl Strategy<Value = String> {
    let inverse_variance = (
        select(vec!["MD", "SMD", "ROM", "RR", "OR", "RD", "GEN"]),
        select(vec!["random", "common"]),
        select(vec!["DL", "REML", "PM", "ML", "HS", "HE", "SJ", "EB"]),
        select(vec!["Wald", "Hartung-Knapp", "Hartung-Knapp ad hoc"]),
    )
        .prop_map(|(measure, model, tau2, ci)| {
            format!(
                "measure = \"{measure}\"\nmodel = \"{model}\"\ntau2 = \"{tau2}\"\nci = \"{ci}\"\n"
            )
        });
    let by_tables = (select(vec!["RR", "OR", "RD"]), select(vec!["random", "common"])).prop_map(
        |(measure, model)| {
            format!("measure = \"{measure}\"\nmodel = \"{model}\"\nmethod = \"Mantel-Haenszel\"\n")
        },
    );
    let peto = Just("measure = \"PETO\"\n".to_owned());
    let rest = "prediction_interval = true\nleave_one_out = true\nsubgroup = \"kind\"\nevent_from_grade = 2\n";
    prop_oneof![4 => inverse_variance, 2 => by_tables, 1 => peto]
        .prop_map(move |it| format!("{it}{rest}"))
}

/// Numbers as they are, and as they should never be.
fn number() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        4 => select(vec!["1", "2.5", "7", "12", "20"]),
        1 => select(vec!["0", "-3", "1e308", "-1e308", "1e-308", "0.5", "1e-9", "123456789"]),
    ]
}

/// How the results of one study are printed, as cells of rows.
fn results() -> impl Strategy<Value = Vec<String>> {
    let values = prop::collection::vec(number(), 6);
    (0..9_usize, values, select(vec!["20", "20", "20", "0", "1", "1e308", ""])).prop_map(
        |(form, v, n)| {
            let both = |e: String, c: String| {
                vec![format!("arm=e; n={n}; {e}"), format!("arm=c; n={n}; {c}")]
            };
            let [a, b, c, d, e, f] = [v[0], v[1], v[2], v[3], v[4], v[5]];
            match form {
                0 => both(format!("mean={a}; sd={b}"), format!("mean={c}; sd={d}")),
                1 => both(format!("mean={a}; se={b}"), format!("mean={c}; sd={d}")),
                2 => both(
                    format!("mean={a}; ci_lower={b}; ci_upper={c}"),
                    format!("mean={d}; sd={e}"),
                ),
                3 => both(
                    format!("median={a}; q1={b}; q3={c}"),
                    format!("median={d}; min={e}; max={f}"),
                ),
                4 => both(format!("events={a}"), format!("events={b}")),
                5 => both("grades=1:3 2:17 3:0".to_owned(), "grades=1:9 2:9 3:2".to_owned()),
                6 => vec![format!(
                    "arm=e; versus=c; n={n}; effect={a}; effect_measure=MD; ci_lower={b}; ci_upper={c}"
                )],
                7 => vec![format!(
                    "arm=c; versus=e; n={n}; effect={a}; effect_measure=RR; se={b}; p_value=<0.05; favours=e"
                )],
                _ => vec!["arm=e; versus=c; p_value==0.03; favours=c".to_owned()],
            }
        },
    )
}

/// A study: its further cells, and the rows of its results at one or two time points and scores.
type OneStudy = (String, Vec<String>);

fn study() -> impl Strategy<Value = OneStudy> {
    let design = prop_oneof![
        3 => Just("design=parallel"),
        1 => Just("design=within-person"),
        1 => Just("design=crossover"),
        1 => Just("design=cluster; icc=0.05; cluster_size=10"),
        1 => Just("design=cluster"),
    ];
    let kind = select(vec!["x", "z", ""]);
    let setting = select(vec!["", "; time=1 week", "; score=change", "; score=percent change"]);
    let rows = prop::collection::vec((results(), setting), 1..3).prop_map(|settings| {
        let rows = settings
            .into_iter()
            .flat_map(|(rows, setting)| rows.into_iter().map(move |row| format!("{row}{setting}")));
        rows.collect::<Vec<_>>()
    });
    (design, kind, rows).prop_map(|(design, kind, rows)| (format!("kind={kind}; {design}"), rows))
}

fn made(plan: &str, studies: &[OneStudy]) -> Made {
    let named = studies.iter().enumerate();
    named.fold(review(plan), |made, (i, (cells, rows))| {
        let name = format!("S{i}");
        let made = made.study_with(&name, cells);
        rows.iter().fold(made, |made, row| made.result(&name, row))
    })
}

/// The sound part of what was made; what is not sound is the readers' affair.
fn state(made: &Made) -> State {
    made.package().to_log().state
}

fn synthesis(state: &State, plan: &str) -> Synthesis {
    analyse(state, &state.analyses[plan]).unwrap()
}

/// Pooled numbers that must not depend on how things stand in a file.
fn pooled(synthesis: &Synthesis) -> Option<[f64; 5]> {
    let it = synthesis.pooled.as_ref()?;
    Some([it.estimate, it.se, it.tau2, it.q, it.p_value])
}

fn close(a: f64, b: f64) -> bool {
    a.total_cmp(&b).is_eq() || (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1e-12)
}

/// Numbers of everyday size, for which rounding is no excuse.
fn everyday() -> impl Strategy<Value = OneStudy> {
    let numbers = ([2..60_u32, 2..60], [10..200_u32, 10..200, 5..50, 5..50]);
    let design = select(vec!["design=parallel", "design=within-person"]);
    (numbers, 0..4_usize, design).prop_map(|(([n, m], [a, b, s, t]), form, design)| {
        let m = if design == "design=parallel" { m } else { n };
        let rows = match form {
            0 => vec![
                format!("arm=e; n={n}; events={}", a % (n + 1)),
                format!("arm=c; n={m}; events={}", b % (m + 1)),
            ],
            1 => vec![
                format!("arm=e; n={n}; mean={a}; sd={s}"),
                format!("arm=c; n={m}; mean={b}; sd={t}"),
            ],
            2 => vec![format!("arm=e; versus=c; effect={a}; effect_measure=MD; se={s}")],
            _ => vec![format!("arm=c; versus=e; effect={a}; effect_measure=MD; se={s}")],
        };
        (format!("kind=x; {design}"), rows)
    })
}

/// The analysis `a`, and its mirror image `b`.
fn both_ways_round(settings: &str) -> String {
    format!(
        "{settings}[[comparison]]\nid = \"ce\"\nname = \"C versus E\"\nexperimental = \"c\"\ncomparator = \"e\"\n\
         [[analysis]]\nid = \"b\"\ncomparison = \"ce\"\noutcome = \"y\"\n{settings}"
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_numbers_make_an_evaluation_panic_and_no_study_is_lost(
        plan in plan(),
        studies in prop::collection::vec(study(), 0..6),
    ) {
        let state = state(&made(&plan, &studies));
        let evaluation = evaluate(&state);
        let eligible: BTreeSet<&str> = state
            .studies
            .keys()
            .map(String::as_str)
            .filter(|it| ["e", "c"].iter().all(|group| state.arms_of(it, group).next().is_some()))
            .collect();
        for synthesis in &evaluation.syntheses {
            let used = synthesis.studies.iter().map(|it| it.study.as_str());
            let all: Vec<&str> =
                used.chain(synthesis.excluded.iter().map(|it| it.study.as_str())).collect();
            prop_assert_eq!(all.len(), eligible.len());
            prop_assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), eligible.clone());
            if let Some(it) = &synthesis.pooled {
                prop_assert!(it.estimate.is_finite() && it.se > 0.0);
                prop_assert_eq!(it.weights.len(), synthesis.studies.len());
            }
            for it in &synthesis.excluded {
                prop_assert!(!it.reason.is_empty());
            }
            let members: usize = synthesis.subgroups.iter().map(|it| it.members.len()).sum();
            prop_assert_eq!(members, synthesis.studies.len());
        }
    }

    #[test]
    fn the_order_of_studies_and_rows_changes_no_pooled_number(
        plan in plan(),
        studies in prop::collection::vec(prop_oneof![3 => everyday(), 1 => study()], 1..6),
    ) {
        let forwards = state(&made(&plan, &studies));
        let mut reversed = forwards.clone();
        reversed.studies.reverse();
        reversed.arms.reverse();
        reversed.results.reverse();
        let (a, b) = (synthesis(&forwards, "a"), synthesis(&reversed, "a"));
        let names = |it: &Synthesis| -> BTreeSet<String> {
            it.studies.iter().map(|it| it.study.clone()).collect()
        };
        prop_assert_eq!(names(&a), names(&b));
        for study in &a.studies {
            let same = b.studies.iter().find(|it| it.study == study.study).unwrap();
            prop_assert_eq!(study.effect, same.effect);
        }
        let everyday = a.studies.iter().all(|it| it.effect.variance.log10().abs() < 6.0);
        match (pooled(&a), pooled(&b)) {
            (Some(a), Some(b)) if everyday => {
                for (a, b) in a.into_iter().zip(b) {
                    prop_assert!(close(a, b), "{a} and {b}");
                }
            }
            (a, b) => prop_assert!(!everyday || a.is_some() == b.is_some()),
        }
    }

    #[test]
    fn the_other_way_round_is_the_same_answer_with_the_other_sign(
        settings in plan(),
        studies in prop::collection::vec(everyday(), 1..6),
    ) {
        let state = state(&made(&both_ways_round(&settings), &studies));
        let (a, b) = (synthesis(&state, "a"), synthesis(&state, "b"));
        for (a, b) in a.studies.iter().zip(&b.studies) {
            prop_assert_eq!(&a.study, &b.study);
            prop_assert!(close(a.effect.estimate, -b.effect.estimate));
            prop_assert!(close(a.effect.variance, b.effect.variance));
        }
        match (pooled(&a), pooled(&b)) {
            (Some(a), Some(b)) => {
                prop_assert!(close(a[0], -b[0]) || a[0].abs() < 1e-9, "{a:?} and {b:?}");
                for (a, b) in a.into_iter().zip(b).skip(1) {
                    prop_assert!(close(a, b) || (a - b).abs() < 1e-9, "{a} and {b}");
                }
            }
            (a, b) => prop_assert_eq!(a.is_some(), b.is_some()),
        }
    }
}
