//! Tools as data: those that come with the program, and the file in which a team writes its own.

use std::collections::BTreeMap;

use consilience_appraisal::rob2::{self, Aim, Assessment, Deviation, Variant};
use consilience_appraisal::tool::{Domain, Proposal, Tool, built_in, built_ins};

fn judge(tool: &Tool, answers: &str) -> Proposal {
    let pairs = answers.split_whitespace().map(|it| it.split_once('=').unwrap());
    tool.judge(&pairs.map(|(q, a)| (q.to_owned(), a.to_owned())).collect())
}

fn judgements(proposal: &Proposal) -> BTreeMap<&str, &str> {
    let judged = proposal.domains.iter();
    judged.filter_map(|it| Some((it.domain.as_str(), it.judgement.as_deref()?))).collect()
}

#[test]
fn rob_2_in_every_variant_is_a_tool_whose_tables_have_no_gap_and_no_overlap() {
    let deviations = [
        Deviation::NonProtocolInterventions,
        Deviation::ImplementationFailures,
        Deviation::NonAdherence,
    ];
    for variant in [Variant::Parallel, Variant::Cluster, Variant::Crossover] {
        let mut assessments = vec![Assessment::assignment(variant)];
        for chosen in 1..8_usize {
            let chosen = deviations.iter().enumerate().filter(|(i, _)| chosen >> i & 1 == 1);
            assessments.push(Assessment::adhering(variant, chosen.map(|it| *it.1)));
        }
        for assessment in assessments {
            let tool = rob2::tool(&assessment);
            let read = Tool::from_toml(&tool.to_toml());
            assert!(read.is_ok_and(|it| it == tool), "{assessment:?}");
        }
    }
}

#[test]
fn disputed_and_unverified_rows_say_so() {
    let cluster = rob2::tool(&Assessment::assignment(Variant::Cluster));
    let notes = |proposal: Proposal| -> Vec<String> {
        proposal.domains.into_iter().flat_map(|it| it.notes).collect()
    };
    let disputed = notes(judge(&cluster, "2.1a=Y 2.1b=Y 2.2=Y 2.3=Y 2.4=N 2.6=Y"));
    assert!(disputed.len() == 1 && disputed[0].starts_with("Disputed"), "{disputed:?}");
    let crossover = rob2::tool(&Assessment::assignment(Variant::Crossover));
    let unverified = notes(judge(&crossover, "S.1=Y S.3=Y"));
    assert!(unverified.len() == 1 && unverified[0].contains("not verified"), "{unverified:?}");
    let parallel = rob2::tool(&Assessment::assignment(Variant::Parallel));
    assert!(notes(judge(&parallel, "2.1=Y 2.2=Y 2.3=Y 2.4=N 2.6=Y")).is_empty());
}

#[test]
fn the_tools_are_found_by_name_however_it_is_written() {
    let names: Vec<&str> = built_ins().iter().map(|it| it.name.as_str()).collect();
    let expected = [
        "RoB 1",
        "ROBINS-I",
        "QUADAS-2",
        "Newcastle-Ottawa cohort",
        "Newcastle-Ottawa case-control",
    ];
    assert_eq!(names, expected);
    for (written, name) in
        [("robins i", "ROBINS-I"), ("quadas_2", "QUADAS-2"), ("NOS case-control", expected[4])]
    {
        assert_eq!(built_in(written).map(|it| it.name.as_str()), Some(name));
    }
    assert!(built_in("AMSTAR").is_none());
}

#[test]
fn rob_1_and_robins_i_leave_their_domains_to_the_rater() {
    let rob1 = built_in("RoB 1").unwrap();
    let open = judge(rob1, "");
    assert!(open.domains.len() == 7 && open.domains.iter().all(|it| it.left_to_rater));
    let robins = built_in("ROBINS-I").unwrap().for_aim(Aim::Assignment);
    let judged = judge(&robins, "1.1=N 3.1=Y 3.2=Y 3.3=N");
    assert_eq!(judgements(&judged), BTreeMap::from([("1", "Low")]));
    assert!(judged.domains[2].left_to_rater, "answered in full, and no algorithm");
    assert!(!judged.domains[3].left_to_rater, "4.1 is not answered");
    assert!(robins.question("4.3").is_none() && robins.question("4.1").is_some());
    let adhering = built_in("ROBINS-I").unwrap().for_aim(Aim::Adhering);
    assert!(adhering.question("4.3").is_some() && adhering.question("4.1").is_none());
}

#[test]
fn the_overall_judgement_of_robins_i_is_the_worst_and_no_information_counts_unless_worse_is_known()
{
    let robins = built_in("ROBINS-I").unwrap();
    let overall = |others: &str| {
        let mut levels = vec![Some("Low"); 7];
        for (level, other) in levels.iter_mut().zip(others.split(", ")) {
            *level = Some(other);
        }
        robins.overall_of(&levels, &[])
    };
    assert_eq!(overall("Low").as_deref(), Some("Low"));
    assert_eq!(overall("Moderate, Low").as_deref(), Some("Moderate"));
    assert_eq!(overall("No information, Moderate").as_deref(), Some("No information"));
    assert_eq!(overall("No information, Serious").as_deref(), Some("Serious"));
    assert_eq!(overall("Critical, Serious").as_deref(), Some("Critical"));
    assert_eq!(robins.overall_of(&[None; 7], &[]), None);
}

#[test]
fn quadas_2_proposes_low_and_unclear_but_leaves_a_no_to_the_rater() {
    let quadas = built_in("QUADAS-2").unwrap();
    let judged = judge(quadas, "1.1=Y 1.2=Y 1.3=Y 2.1=Y 2.2=U 3.1=Y 3.2=N");
    assert_eq!(judgements(&judged), BTreeMap::from([("1", "Low"), ("2", "Unclear")]));
    assert!(judged.domains[2].left_to_rater);
    let with_applicability =
        [Some("Low"), Some("Low"), Some("High"), Some("Low"), Some("High"), None, None];
    assert_eq!(quadas.overall_of(&with_applicability, &[]).as_deref(), Some("High"));
    let low = [Some("Low"), Some("Low"), Some("Low"), Some("Low"), Some("High"), None, None];
    assert_eq!(quadas.overall_of(&low, &[]).as_deref(), Some("Low"), "applicability is no bias");
}

#[test]
fn newcastle_ottawa_counts_stars_by_domain() {
    let cohort = built_in("NOS cohort").unwrap();
    let judged = judge(cohort, "S1=b S2=a S3=c S4=a C1=ab O1=b O2=a O3=d");
    let stars: Vec<_> = judged.domains.iter().map(|it| it.stars).collect();
    assert_eq!(stars, [Some(3), Some(2), Some(2)]);
    let most: Vec<_> = cohort.domains.iter().map(Domain::most_stars).collect();
    assert_eq!(most, [4, 2, 3]);
    assert_eq!(
        judge(cohort, "S1=a").domains[0].stars,
        None,
        "an unanswered item earns nothing yet"
    );
}

/// A tool of two questions, with the given rows.
fn own(rows: &str) -> String {
    format!(
        r#"name = "Ours"
answers = [{{ code = "Y", name = "Yes" }}, {{ code = "N", name = "No" }}]
levels = [{{ name = "Low", light = "low" }}, {{ name = "High", light = "high" }}]

[[domains]]
id = "1"
name = "Recall"

[[domains.questions]]
number = "1.1"
text = "Was the outcome recalled?"

[[domains.questions]]
number = "1.2"
text = "After more than a month?"
asked_if = "1.1 = Y"
{rows}"#
    )
}

const ROWS: &str = r#"
[[domains.rows]]
when = "1.1 = N or 1.2 = N"
judgement = "Low"

[[domains.rows]]
when = "1.2 = Y"
judgement = "High"
"#;

fn refusals(file: &str) -> Vec<String> {
    Tool::from_toml(file).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_team_writes_its_own_tool_in_a_file() {
    let tool = Tool::from_toml(&own(ROWS)).unwrap();
    let judged = judge(&tool, "1.1=Y 1.2=N");
    assert_eq!(judgements(&judged), BTreeMap::from([("1", "Low")]));
    assert_eq!(judged.overall.as_deref(), Some("Low"));
    assert_eq!(judge(&tool, "1.1=Y 1.2=NA").domains[0].contradicted, ["1.2"]);
    let with_rule = own(&format!(
        "{ROWS}\n[[overall_rows]]\nwhen = \"count(High) >= 1\"\njudgement = \"High\"\n\n\
         [[overall_rows]]\nwhen = \"always\"\njudgement = \"Low\"\n"
    ));
    let tool = Tool::from_toml(&with_rule).unwrap();
    assert_eq!(judge(&tool, "1.1=Y 1.2=Y").overall.as_deref(), Some("High"));
    assert_eq!(judge(&tool, "1.1=N").overall.as_deref(), Some("Low"));
    assert_eq!(judge(&tool, "1.1=Y").overall, None);
}

#[test]
fn what_is_wrong_with_a_tool_is_said_with_its_place() {
    let wrong = |from: &str, to: &str| refusals(&own(&ROWS.replace(from, to))).join("\n");
    assert_eq!(
        wrong("1.2 = Y", "1.3 = Y"),
        "line 23, column 8: found the unknown question `1.3`, expected a question of this domain: \
         1.1, 1.2; correct the condition"
    );
    assert_eq!(
        wrong("1.2 = N", "1.2 = PN"),
        "line 19, column 8: found `1.2 = PN`, expected an answer that 1.2 offers: Y, N; correct the \
         condition"
    );
    assert_eq!(
        wrong("\"High\"", "\"Awful\""),
        "line 23, column 8: found the unknown judgement `Awful`, expected one of Low, High; correct \
         it, or add it to `[[levels]]`"
    );
    assert_eq!(
        wrong("1.2 = Y", "1.2 ="),
        "line 23, column 8: found the end where an answer was expected, expected a condition such as \
         `1.1 = Y/PY and not 1.2 = N`; docs/tools.md describes the format"
    );
    assert_eq!(
        wrong("1.2 = Y", "1.2 = Y or 1.1 = N"),
        "line 23, column 8: found a row that overlaps row 1 of its table, for 1.1 N, expected rows \
         that exclude one another; narrow one of the two conditions"
    );
    assert_eq!(
        wrong(" or 1.2 = N", ""),
        "line 19, column 8: found no row of domain `1` for 1.1 Y, 1.2 N, expected a judgement on \
         every path; add a row, or write `judged_by = \"rater\"` into the domain"
    );
}

#[test]
fn a_question_may_hang_only_on_questions_before_it_and_everything_is_named_once() {
    let later = own(ROWS).replace("asked_if = \"1.1 = Y\"", "asked_if = \"1.2 = Y\"");
    assert!(refusals(&later)[0].contains("expected a question before this one in its domain: 1.1"));
    let twice = own(ROWS).replace("number = \"1.2\"", "number = \"1.1\"");
    assert!(refusals(&twice)[0].contains("the question `1.1` a second time"));
    let no_rows = own("");
    assert!(refusals(&no_rows)[0].contains("no rule for domain `1`"));
    let misspelt = own(ROWS).replace("text = \"After", "txt = \"After");
    assert!(refusals(&misspelt)[0].contains("unknown field `txt`"), "{:?}", refusals(&misspelt));
    let rule = format!("{ROWS}\n[[overall_rows]]\nwhen = \"2 = High\"\njudgement = \"High\"\n");
    let problems = refusals(&own(&rule)).join("\n");
    assert!(problems.contains("the unknown domain `2`"), "{problems}");
    assert!(problems.contains("a last row with `when = \"always\"`"), "{problems}");
}

#[test]
fn the_documented_tool_is_sound_with_either_of_its_overall_rules() {
    let page = include_str!("../../../../docs/tools.md");
    let blocks: Vec<&str> =
        page.split("```toml\n").skip(1).filter_map(|it| it.split("```").next()).collect();
    let [tool, rows] = blocks.as_slice() else { panic!("{} blocks", blocks.len()) };
    let worst = Tool::from_toml(tool).unwrap();
    assert_eq!(worst.name, "Recall checklist");
    let with_rows = format!("{}\n{rows}", tool.replace("overall = \"worst\"\n", ""));
    let with_rows = Tool::from_toml(&with_rows).unwrap();
    assert_eq!(with_rows.overall_of(&[Some("Low"), Some("High")], &[]).as_deref(), Some("Low"));
    assert_eq!(with_rows.overall_of(&[Some("High"), Some("Low")], &[]).as_deref(), Some("High"));
}
