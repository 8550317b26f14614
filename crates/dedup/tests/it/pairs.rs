//! Every rule with a pair that it joins and a pair that it keeps apart, made up for the purpose.

use consilience_bib::{Record, parse};
use consilience_dedup::{Conflict, Explanation, Index, Outcome, Thresholds};

const HEADER: &str = "title,author,year,journal,volume,issue,pages,doi,abstract\n";

fn records(rows: &[&str]) -> Vec<Record> {
    parse(format!("{HEADER}{}\n", rows.join("\n")).as_bytes(), "pairs.csv").unwrap().records
}

fn explain(a: &str, b: &str) -> Explanation {
    let mut index = Index::new(Thresholds::default());
    index.add(&records(&[a, b]));
    let explanation = index.explain(0, 1);
    let is_joined = index.answer().groups == [[0, 1]];
    assert_eq!(is_joined, explanation.outcome == Outcome::Same, "{a}\n{b}\n{explanation:?}");
    explanation
}

fn outcome(a: &str, b: &str) -> Outcome {
    explain(a, b).outcome
}

const TEA: &str = "Green tea and sleep quality in older adults: a randomised trial,\"Arbor, Jane and Birch, Tom and \
                   Cedar, Ann\",2015,Journal of Imaginary Sleep Medicine,12,3,101-110,10.1234/tea.1,";

#[test]
fn one_report_in_the_dress_of_two_databases() {
    for other in [
        "GREEN TEA AND SLEEP QUALITY IN OLDER ADULTS: A RANDOMIZED TRIAL.,Arbor J.Birch T.Cedar A.,2015,J Imagin Sleep Med,12,3,101-10,,",
        "Green tea and sleep quality in older adults: a randomised trial [see comment],Arbor J; Birch T; Cedar A,2015,J. Imagin. Sleep Med.,12(3),,101,https://doi.org/10.1234/TEA.1,",
        "Green tea and sleep quality in older adults,\"Arbor, J. and Birch, T. and Cedar, A.\",2015,Journal of Imaginary Sleep Medicine,12,3,101-110,,",
        // Early view.
        "Green tea and sleep quality in older adults: a randomised trial,\"Arbor, Jane and Birch, Tom and Cedar, Ann\",2014,Journal of Imaginary Sleep Medicine,,,1-10,,",
    ] {
        assert_eq!(outcome(TEA, other), Outcome::Same, "{other}");
    }
}

#[test]
fn a_translated_title_on_the_same_pages_is_the_same_report() {
    let german = "Grüner Tee und Schlafqualität bei älteren Menschen,\"Arbor, J. and Birch, T. and Cedar, A.\",2015,\
                  Journal of Imaginary Sleep Medicine,12,3,101-110,,";
    assert_eq!(outcome(TEA, german), Outcome::Same);
    let elsewhere = german.replace("101-110", "201-210");
    assert_eq!(outcome(TEA, &elsewhere), Outcome::Different);
}

#[test]
fn part_one_is_not_part_two() {
    let part = |part: &str, pages: &str| {
        format!(
            "Sleep in older adults. Part {part},\"Arbor, Jane\",2015,J Imagin Sleep Med,12,3,{pages},,"
        )
    };
    let explanation = explain(&part("I", "1-10"), &part("II", "11-20"));
    assert_eq!(explanation.conflict, Some(Conflict::Numbers));
    assert_eq!(outcome(&part("I", "21-30"), &part("1", "21-30")), Outcome::Same);
}

#[test]
fn an_erratum_is_not_its_article() {
    let erratum = TEA.replace("Green tea", "Erratum: Green tea").replace("101-110", "110");
    assert_eq!(explain(TEA, &erratum).conflict, Some(Conflict::Notice));
}

#[test]
fn a_conference_paper_is_not_the_article_and_a_reprint_not_the_original() {
    let conference = TEA.replace(
        "Journal of Imaginary Sleep Medicine,12,3,101-110,10.1234/tea.1",
        "Proceedings of the Congress on Rest,,,,",
    );
    assert_ne!(outcome(TEA, &conference), Outcome::Same);
    let reprint = TEA.replace(
        "Journal of Imaginary Sleep Medicine,12,3,101-110,10.1234/tea.1",
        "Annals of Beverages,3,1,5-14,",
    );
    assert_eq!(explain(TEA, &reprint).conflict, Some(Conflict::Venue));
}

#[test]
fn editorials_of_two_issues_differ() {
    let editorial =
        |issue: &str| format!("Editorial,\"Arbor, Jane\",2015,J Imagin Sleep Med,12,{issue},1-2,,");
    assert_eq!(outcome(&editorial("1"), &editorial("2")), Outcome::Different);
}

#[test]
fn one_doi_for_a_whole_supplement_does_not_join_its_abstracts() {
    let words =
        |seed: usize| (0..60).map(|i| format!("w{}", seed + i * 7)).collect::<Vec<_>>().join(" ");
    let a = format!(
        "Tea and sleep in mice,\"Arbor, J and Birch, T\",2015,J Rest,12,S1,A1,10.1234/supplement,{}",
        words(0)
    );
    let b = format!(
        "Coffee against fatigue of rats,\"Arbor, J and Birch, T\",2015,J Rest,12,S1,A1,10.1234/supplement,{}",
        words(1000)
    );
    assert_eq!(explain(&a, &b).conflict, Some(Conflict::Content));
}

#[test]
fn updates_of_one_cochrane_review_are_one_report() {
    let update = |year: &str, doi: &str| {
        format!(
            "Tea for sleep,\"Arbor, J and Birch, T\",{year},Cochrane Database Syst Rev,,,Cd001234,{doi},"
        )
    };
    let (first, second) = (
        update("2008", "10.1002/14651858.CD001234.pub2"),
        update("2012", "10.1002/14651858.CD001234.pub3"),
    );
    assert_eq!(outcome(&first, &second), Outcome::Same);
    assert_eq!(outcome(&first, &update("2012", "")), Outcome::Same);
}

#[test]
fn a_contrary_word_is_no_typing_error() {
    let trial = |word: &str| {
        format!(
            "Green tea against {word} of very elderly patients,\"Arbor, J and Birch, T and Cedar, A\",2015,,,,,,"
        )
    };
    assert_ne!(outcome(&trial("hypertension"), &trial("hypotension")), Outcome::Same);
    assert_eq!(outcome(&trial("hypertension"), &trial("hypertention")), Outcome::Same);
}

#[test]
fn a_record_that_could_be_either_joins_no_two_that_differ() {
    let part = |part: &str, pages: &str| {
        format!(
            "Sleep in older adults in the cold and dark season{part},\"Arbor, Jane and Birch, T and Cedar, A\",2015,J Imagin Sleep Med,12,3,{pages},,"
        )
    };
    let (one, two, bare) = (part(". Part 1", "1-10"), part(". Part 2", "11-20"), part("", ""));
    let mut index = Index::new(Thresholds::default());
    index.add(&records(&[&one, &two, &bare]));
    let joined = index.answer().groups;
    assert!(joined.iter().all(|group| !(group.contains(&0) && group.contains(&1))), "{joined:?}");
}

#[test]
fn a_part_that_only_one_title_names_is_asked_about_unless_its_place_tells() {
    let row = |title: &str, place: &str| {
        let words: Vec<String> = (0..60).map(|i| format!("w{i}")).collect();
        format!(
            "Green tea and sleep quality of older adults at home{title},\"Arbor, Jane and Birch, Tom and Cedar, Ann\",2015,J Imagin Sleep Med,{place},,{}",
            words.join(" ")
        )
    };
    let explanation = explain(&row("", "12,3,1-10"), &row(": part 2", ",,"));
    assert_eq!(explanation.outcome, Outcome::Ask);
    assert!(explanation.doubt.is_some_and(|it| it.contains("part")), "{explanation:?}");
    assert_eq!(outcome(&row("", "12,3,1-10"), &row(": part 2", "12,3,1-10")), Outcome::Same);
}

#[test]
fn journals_of_two_regions_and_years_are_asked_about() {
    let row = |journal: &str, year: &str| {
        let words: Vec<String> = (0..60).map(|i| format!("w{i}")).collect();
        format!(
            "Green tea and sleep quality of older adults at home,\"Arbor, Jane and Birch, Tom and Cedar, Ann\",{year},{journal},,,,,{}",
            words.join(" ")
        )
    };
    let american = row("American Journal of Imaginary Sleep", "2014");
    assert_eq!(outcome(&american, &row("Eur J Imagin Sleep", "2015")), Outcome::Ask);
    assert_eq!(outcome(&american, &row("Am J Imagin Sleep", "2015")), Outcome::Same);
    assert_eq!(outcome(&american, &row("medRxiv", "2013")), Outcome::Same);
}

#[test]
fn an_issn_tells_a_journal_under_two_names() {
    let table = "title,author,year,journal,issn,volume,pages
Tea and rest in the cold season,Arbor J,2015,Zeitschrift fuer Tee,1234-5679,12,101
Tea and rest in the cold season,Arbor J,2015,Annals of Beverages,1234-5679; 2345-6789,12,101-110
Tea and rest in the cold season,Arbor J,2015,Annals of Beverages,2345-6789,12,101-110
";
    let mut index = Index::default();
    index.add(&parse(table.as_bytes(), "issn.csv").unwrap().records);
    let journal = |a, b| index.explain(a, b).reasons[3].weight;
    assert!(journal(0, 1) > 0.0 && journal(1, 2) > 0.0);
    assert!(journal(0, 2) < 0.0);
}

#[test]
fn a_number_in_central_or_embase_is_an_identifier() {
    let row = |title: &str| format!("TY  - JOUR\nTI  - {title}\nAN  - CN-01234567\nER  - \n");
    let text = row("Tea and rest in the cold season") + &row("Tea and rest in cold seasons");
    let mut index = Index::default();
    index.add(&parse(text.as_bytes(), "central.ris").unwrap().records);
    let explanation = index.explain(0, 1);
    let reason = explanation.reasons.iter().find(|it| it.field == "database ids").unwrap();
    assert!(reason.weight > 0.0, "{explanation:?}");
}
