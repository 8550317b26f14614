//! Several reports of one study: suggested with the reasons, and not where two trials only look alike.

use consilience_bib::{Record, parse};
use consilience_dedup::{SaidOfStudies, suggest_studies};

fn records(ris: &str) -> Vec<Record> {
    parse(ris.as_bytes(), "export.ris").unwrap().records
}

/// The reports of each study that is suggested.
fn suggested(records: &[Record], groups: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let records: Vec<&Record> = records.iter().collect();
    suggest_studies(&records, groups, &SaidOfStudies::default())
        .into_iter()
        .map(|it| it.reports)
        .collect()
}

const MAIN: &str = "TY  - JOUR
AU  - Arbor, Jane
AU  - Birch, Tom
AU  - Cedar, Ann
TI  - Green tea for insomnia in older adults: a randomised controlled trial
AB  - We screened 412 adults. A total of 137 participants were randomised to green tea or water. Sleep efficiency was measured.
AD  - Department of Sleep, University of Ashford, Ashford, UK.
PY  - 2015
C1  - NCT01234567
ER  -
";
const FOLLOW_UP: &str = "TY  - JOUR
AU  - Birch, T
AU  - Arbor, J
AU  - Dogwood, L
TI  - Long-term effects of green tea for insomnia in older adults: 6-year follow-up of a randomized trial
AB  - Of the 137 participants of the original trial, 101 participants were seen again.
AD  - University of Ashford, England
PY  - 2021
ER  -
";
const ABSTRACT: &str = "TY  - CONF
AU  - Arbor, J.
AU  - Birch, T.
TI  - Green tea in older adults with insomnia
AB  - One hundred and thirty-seven participants drank green tea or water.
PY  - 2014
ER  -
";
const REGISTRATION: &str = "TY  - JOUR
TI  - Green Tea for Sleep
AU  - NCT01234567
UR  - https://clinicaltrials.gov/show/NCT01234567
PY  - 2012
ER  -
";

#[test]
fn a_trial_its_follow_up_abstract_and_registration_are_one_study() {
    let all = records(&[MAIN, FOLLOW_UP, ABSTRACT, REGISTRATION].concat());
    let all: Vec<&Record> = all.iter().collect();
    let found = suggest_studies(&all, &[], &SaidOfStudies::default());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].reports, [0, 1, 2, 3]);
    let words: Vec<String> = found[0].reasons.iter().map(|it| it.evidence.words()).collect();
    assert_eq!(
        words,
        [
            "the same registration number (NCT01234567)",
            "the same authors (Arbor J, Birch T); 137 participants in both; both are about adult, green, insomnia, older, tea; \
             the same institution (university of ashford)",
            "the same authors (Arbor J, Birch T); 137 participants in both; both are about adult, green, insomnia, older, tea",
        ]
    );
}

#[test]
fn what_a_duplicate_tells_its_report_tells() {
    // The record that stands for the report names no number; another of its records does.
    let bare = MAIN.replace("C1  - NCT01234567\n", "");
    let all = records(&[&bare, MAIN, REGISTRATION].concat());
    assert_eq!(suggested(&all, &[vec![0, 1]]), [[0, 2]]);
}

#[test]
fn two_trials_of_one_group_in_one_year_are_two() {
    let other = |from: &str, to: &str| MAIN.replace("C1  - NCT01234567\n", "").replace(from, to);
    for (other, why) in [
        (other("Green tea", "Valerian").replace("green tea", "valerian"), "another intervention"),
        (other("137", "143"), "another number of participants"),
        (other("for insomnia", "20 mg for insomnia"), "another dose"),
        (other("Arbor", "Elder").replace("Birch", "Fir"), "other authors"),
        (other("2015", "2004"), "eleven years apart"),
        (other("Ashford, UK", "Perth, Australia"), "another country"),
        (other("PY  -", "C1  - NCT07654321\nPY  -"), "another registration"),
        (other("a randomised controlled trial", "a systematic review"), "a review"),
    ] {
        // The first has a dose of its own, so that neither title is about all that the other is about.
        let first = if why == "another dose" {
            MAIN.replace("for insomnia", "40 mg for insomnia")
        } else {
            MAIN.to_owned()
        };
        let all = records(&[first.as_str(), &other].concat());
        assert!(suggested(&all, &[]).is_empty(), "{why}");
    }
}

#[test]
fn a_round_number_of_participants_needs_an_institution_in_common() {
    let round = |it: &str| it.replace("137", "140").replace("C1  - NCT01234567\n", "");
    let without = |it: &str| {
        it.split_inclusive('\n').filter(|line| !line.starts_with("AD")).collect::<String>()
    };
    let (main, follow_up) = (round(MAIN), round(FOLLOW_UP));
    assert_eq!(suggested(&records(&[main.as_str(), &follow_up].concat()), &[]), [[0, 1]]);
    assert!(suggested(&records(&[without(&main), follow_up].concat()), &[]).is_empty());
}

#[test]
fn a_report_of_many_trials_is_none_of_theirs() {
    let review =
        REGISTRATION.replace("PY  -", "N1  - NCT01234567, NCT01234568, NCT01234569\nPY  -");
    assert!(suggested(&records(&[MAIN, &review].concat()), &[]).is_empty());
}

#[test]
fn what_a_person_said_is_followed_and_not_suggested_again() {
    let all = records(&[MAIN, FOLLOW_UP, ABSTRACT].concat());
    let all: Vec<&Record> = all.iter().collect();
    let said = SaidOfStudies { same: vec![(0, 2)], different: vec![(1, 0)] };
    let found = suggest_studies(&all, &[], &said);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].reports, [0, 2], "the follow-up joins neither");
    assert_eq!(found[0].suggestions().count(), 0);
}
