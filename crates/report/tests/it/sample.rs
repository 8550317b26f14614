//! A small review made in memory: two pooled trials, one split-face trial, one with a direction only.

use consilience_report::{Output, ReportOptions, build};
use consilience_review::{Evaluation, Package, Reading, evaluate};

const REVIEW: &str = r#"
[review]
title = "Cream for itch"
authors = ["A. Author", "B. Author"]
registration = "REG 1"
funding = "None"
summary = "Two trials, and two more."
limitations = "All made up."

[question]
objective = "To see whether cream helps"
population = "People with itch"
intervention = "Cream"
comparator = "No cream"

[eligibility]
include = ["Randomised trials"]

[methods]
extraction = "By one of us."

[[database]]
id = "pubmed"
name = "PubMed"
platform = "NLM"
search = "searches/pubmed.txt"
records = ["records/pubmed.ris"]

[[outcome]]
id = "itch"
name = "Itch"
direction = "lower"

[[outcome]]
id = "score"
name = "Itch score"
direction = "lower"
unit = "points"

[[comparison]]
id = "cream"
name = "Cream versus none"
experimental = "cream"
comparator = "none"
experimental_name = "Cream"
comparator_name = "No cream"

[[analysis]]
id = "itch"
comparison = "cream"
outcome = "itch"
measure = "RR"
subgroup = "country"
leave_one_out = true

[[analysis]]
id = "score"
comparison = "cream"
outcome = "score"
measure = "MD"

[[claim]]
analysis = "itch"
statement = "P = 0.01"
source = "Someone 2020"
explanation = "Other trials."
"#;

const FILES: [(&str, &str); 9] = [
    ("searches/pubmed.txt", "# date: 2026-01-31\n# hits: 4\n\nitch AND cream\n"),
    (
        "records/pubmed.ris",
        "TY  - JOUR\nID  - ames\nAU  - Ames, Ann\nTI  - Cream one\nPY  - 2001\nER  - \n\
         TY  - JOUR\nID  - bell\nAU  - Bell, Bo\nTI  - Cream two\nPY  - 2002\nER  - \n\
         TY  - JOUR\nID  - cole\nAU  - Cole, Cy\nTI  - Cream three\nPY  - 2003\nER  - \n\
         TY  - JOUR\nID  - dunn\nAU  - Dunn, Di\nTI  - Not cream\nPY  - 2004\nER  - \n",
    ),
    (
        "screening.csv",
        "report,stage,decision,reason,reviewer\n\
         ames,title and abstract,include,,R1\nbell,title and abstract,include,,R1\n\
         cole,title and abstract,include,,R1\ndunn,title and abstract,include,,R1\n\
         ames,full text,include,,R1\nbell,full text,include,,R1\ncole,full text,include,,R1\n\
         dunn,full text,exclude,no cream,R1\n",
    ),
    (
        "studies.csv",
        "study,reports,design,pairing,country\n\
         Ames 2001,ames,parallel,,Norway\nBell 2002,bell,parallel,,Peru\n\
         Cole 2003,cole,within-person,split-face,Peru\nDoe 2004,,parallel,,Peru\n",
    ),
    (
        "arms.csv",
        "study,arm,group,description,n\n\
         Ames 2001,cream,cream,Cream daily,100\nAmes 2001,none,none,,100\n\
         Bell 2002,cream,cream,,50\nBell 2002,none,none,,50\n\
         Cole 2003,cream,cream,,20\nCole 2003,none,none,,20\n\
         Doe 2004,cream,cream,,10\nDoe 2004,none,none,,10\n",
    ),
    (
        "results.csv",
        "study,outcome,arm,versus,n,events,mean,sd,p_value,favours,source,page,quote,entered_by,entered_at\n\
         Ames 2001,itch,cream,,100,10,,,,,Ames 2001,3,10 of 100,E1,2026-02-01\n\
         Ames 2001,itch,none,,100,20,,,,,Ames 2001,3,,E1,2026-02-01\n\
         Bell 2002,itch,cream,,50,8,,,,,Bell 2002,4,,E1,\n\
         Bell 2002,itch,none,,50,12,,,,,Bell 2002,4,,E1,\n\
         Doe 2004,itch,cream,none,,,,,<0.05,cream,Doe 2004,,,E1,\n\
         Cole 2003,score,cream,,20,,2.5,1.0,,,Cole 2003,5,,E1,\n\
         Cole 2003,score,none,,20,,3.5,1.2,,,Cole 2003,5,,E1,\n",
    ),
    (
        "risk_of_bias.csv",
        "study,tool,question,answer,support,assessor\n\
         Ames 2001,RoB 2,1.1,Y,Computer list.,E1\nAmes 2001,RoB 2,1.2,Y,Envelopes.,E1\n\
         Ames 2001,RoB 2,1.3,N,Alike.,E1\nCole 2003,RoB 2,1.1,NI,Not told.,E1\n",
    ),
    (
        "certainty.csv",
        "comparison,outcome,domain,rating,reason,assessor\n\
         cream,itch,start,randomised,,E1\ncream,itch,imprecision,serious,Few events.,E1\n",
    ),
    ("duplicates.csv", "record,duplicate_of,reviewer,time,reason\n"),
];

/// The package.
pub(crate) fn package() -> Package {
    let files = FILES.into_iter().chain([("review.toml", REVIEW)]);
    Package {
        files: files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect(),
    }
}

/// A package as the report's input; it must be sound.
pub(crate) fn read(package: &Package) -> (Reading, Evaluation) {
    let reading = package.to_log();
    assert!(reading.is_sound(), "{:#?}", reading.diagnostics);
    let evaluation = evaluate(&reading.state);
    (reading, evaluation)
}

/// The report of a package.
pub(crate) fn report(package: &Package) -> Output {
    let (reading, evaluation) = read(package);
    build(&reading, &evaluation, &ReportOptions::default()).unwrap()
}

/// A text file of an output.
pub(crate) fn text(output: &Output, name: &str) -> String {
    String::from_utf8(output.files[name].clone()).unwrap()
}
