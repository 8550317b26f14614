//! Made-up records with their duplicates as databases would export them, and with what only looks like a duplicate.
//!
//! A report is drawn first: a title of 6 to 14 words from the vocabulary of one field (frequent words are frequent, as
//! in Zipf's law), one to eight authors, a journal with a full and an abbreviated name, a year, and a volume and pages
//! that go with it, a DOI, an abstract of 80 to 160 words. About a third of the reports get one to three further records, each
//! in the manner of another provider: initials or full given names, the journal abbreviated, pages cut ("659-72"), capitals,
//! a typing error in one of ten, fields missing, the year of early view. About one in twelve gets a near miss: a
//! second part, a correction, the abstract of a conference, a paper of the same authors with a similar title.

use std::fmt::Write as _;

/// Random numbers by splitmix64 (G. L. Steele et al., 2014, doi:10.1145/2660193.2660195).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap_or(0)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list, those at its beginning more often.
    fn frequent<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let top = self.below(list.len()) + 1;
        list[self.below(top)]
    }
}

const WORDS: [&str; 96] = [
    "treatment",
    "patients",
    "randomized",
    "trial",
    "effect",
    "depression",
    "therapy",
    "chronic",
    "disease",
    "clinical",
    "outcomes",
    "children",
    "adults",
    "controlled",
    "risk",
    "cancer",
    "study",
    "health",
    "care",
    "analysis",
    "symptoms",
    "pain",
    "cognitive",
    "anxiety",
    "exercise",
    "insulin",
    "cardiac",
    "surgery",
    "infection",
    "mortality",
    "prevention",
    "screening",
    "vaccine",
    "obesity",
    "hypertension",
    "diabetes",
    "stroke",
    "heart",
    "failure",
    "renal",
    "hepatic",
    "pulmonary",
    "asthma",
    "sleep",
    "quality",
    "life",
    "intervention",
    "community",
    "primary",
    "nurses",
    "elderly",
    "pregnancy",
    "neonatal",
    "maternal",
    "nutrition",
    "vitamin",
    "iron",
    "anaemia",
    "bone",
    "fracture",
    "osteoporosis",
    "arthritis",
    "knee",
    "hip",
    "rehabilitation",
    "physiotherapy",
    "mindfulness",
    "schizophrenia",
    "bipolar",
    "antipsychotic",
    "antidepressant",
    "serotonin",
    "dopamine",
    "receptor",
    "mice",
    "rats",
    "hippocampus",
    "cortex",
    "imaging",
    "resonance",
    "tomography",
    "biomarker",
    "genetic",
    "polymorphism",
    "expression",
    "protein",
    "inhibitor",
    "kinase",
    "apoptosis",
    "proliferation",
    "metastasis",
    "chemotherapy",
    "radiotherapy",
    "survival",
    "recurrence",
    "prognosis",
];

const FAMILIES: [&str; 60] = [
    "Wang",
    "Li",
    "Zhang",
    "Smith",
    "Chen",
    "Liu",
    "Kim",
    "Lee",
    "Johnson",
    "Singh",
    "Kumar",
    "Müller",
    "Garcia",
    "Brown",
    "Jones",
    "Yang",
    "Williams",
    "Martin",
    "Tanaka",
    "Suzuki",
    "Nguyen",
    "Rossi",
    "Silva",
    "Schmidt",
    "Jensen",
    "Nielsen",
    "Anderson",
    "Taylor",
    "Wilson",
    "Davis",
    "Khan",
    "Ahmed",
    "Park",
    "Choi",
    "Sato",
    "Ito",
    "Lopez",
    "Gonzalez",
    "Perez",
    "Sánchez",
    "Dubois",
    "Moreau",
    "Bernard",
    "Kowalski",
    "Novak",
    "Horvath",
    "Ivanov",
    "Petrov",
    "O'Brien",
    "Murphy",
    "van der Berg",
    "de Vries",
    "Andersson",
    "Johansson",
    "Larsen",
    "Hansen",
    "Costa",
    "Ferreira",
    "Yilmaz",
    "Demir",
];

const GIVEN: [&str; 24] = [
    "Anna", "Bo", "Carlos", "Dana", "Erik", "Fatima", "Grace", "Hiro", "Ines", "John", "Katja",
    "Lars", "Maria", "Nora", "Olga", "Peter", "Qing", "Rosa", "Sven", "Thomas", "Uma", "Victor",
    "Wei", "Yan",
];

/// Subjects of journals, in full and abbreviated.
const SUBJECTS: [(&str, &str); 30] = [
    ("Clinical Psychiatry", "Clin Psychiatry"),
    ("Internal Medicine", "Intern Med"),
    ("Cardiology", "Cardiol"),
    ("Experimental Neurology", "Exp Neurol"),
    ("Surgical Oncology", "Surg Oncol"),
    ("Public Health", "Public Health"),
    ("Clinical Nutrition", "Clin Nutr"),
    ("Pain Research", "Pain Res"),
    ("Sleep Medicine", "Sleep Med"),
    ("Respiratory Care", "Respir Care"),
    ("Molecular Biology", "Mol Biol"),
    ("Physical Therapy", "Phys Ther"),
    ("Infectious Diseases", "Infect Dis"),
    ("Pediatrics", "Pediatr"),
    ("Nephrology", "Nephrol"),
    ("Hepatology", "Hepatol"),
    ("Epidemiology", "Epidemiol"),
    ("Geriatrics", "Geriatr"),
    ("Obstetrics", "Obstet"),
    ("Radiology", "Radiol"),
    ("Rehabilitation", "Rehabil"),
    ("Immunology", "Immunol"),
    ("Endocrinology", "Endocrinol"),
    ("Rheumatology", "Rheumatol"),
    ("Behavioral Science", "Behav Sci"),
    ("Nursing", "Nurs"),
    ("Applied Physiology", "Appl Physiol"),
    ("Tropical Medicine", "Trop Med"),
    ("Dermatology", "Dermatol"),
    ("Emergency Medicine", "Emerg Med"),
];

const KINDS: [(&str, &str); 6] = [
    ("Journal of", "J"),
    ("Annals of", "Ann"),
    ("European Journal of", "Eur J"),
    ("Archives of", "Arch"),
    ("International Journal of", "Int J"),
    ("American Journal of", "Am J"),
];

/// Beginnings, stems and ends of the rarer words.
const BEGINNINGS: [&str; 16] = [
    "", "neuro", "cardio", "hepato", "immuno", "electro", "micro", "hemo", "osteo", "psycho",
    "thermo", "bio", "chemo", "angio", "lipo", "myo",
];
const STEMS: [&str; 24] = [
    "ven", "gastr", "ren", "card", "derm", "plast", "troph", "gen", "path", "tom", "graph", "metr",
    "scop", "lys", "stat", "cyt", "blast", "phag", "tox", "vascul", "nephr", "pulmon", "mening",
    "thym",
];
const ENDS: [&str; 10] =
    ["osis", "itis", "ectomy", "ic", "al", "opathy", "ine", "ation", "ogenesis", "emia"];
/// Syllables of the rarer family names.
const FIRST_SYLLABLES: [&str; 24] = [
    "Bar", "Cas", "Dor", "El", "Fen", "Gar", "Hol", "Iv", "Jan", "Kar", "Lom", "Mar", "Nor", "Os",
    "Pal", "Ros", "Sal", "Tor", "Ul", "Var", "Wes", "Yam", "Zel", "Ben",
];
const LAST_SYLLABLES: [&str; 20] = [
    "man", "sen", "ez", "ini", "ova", "ski", "berg", "ton", "etti", "moto", "dahl", "wood", "ler",
    "nier", "escu", "ides", "oglu", "adze", "enko", "ic",
];

/// A word of a title: every second one is one of the frequent ones.
fn word(random: &mut Random) -> String {
    if random.chance(50) {
        return random.frequent(&WORDS).to_owned();
    }
    random.frequent(&BEGINNINGS).to_owned() + random.frequent(&STEMS) + random.frequent(&ENDS)
}

fn family(random: &mut Random) -> String {
    if random.chance(40) {
        return random.frequent(&FAMILIES).to_owned();
    }
    let middle = ["", "a", "o", "en", "in", "ar", "el", "is"][random.below(8)];
    let first = FIRST_SYLLABLES[random.below(FIRST_SYLLABLES.len())];
    format!("{first}{middle}{}", LAST_SYLLABLES[random.below(LAST_SYLLABLES.len())])
}

#[derive(Clone)]
struct Report {
    title: String,
    authors: Vec<(String, &'static str)>,
    journal: usize,
    year: usize,
    volume: usize,
    issue: usize,
    page: usize,
    length: usize,
    doi: String,
    summary: String,
}

/// A table of so many records, or a few more, with a column `report` that tells which are one report.
pub(crate) fn table(n: usize, seed: u64) -> String {
    let mut random = Random::new(seed);
    let mut out = String::with_capacity(n * 900);
    out.push_str("ID,report,title,author,year,journal,volume,number,pages,doi,abstract\n");
    let (mut n_records, mut n_reports) = (0, 0);
    while n_records < n {
        let report = draw(&mut random, n_reports);
        let mut emit = |report: &Report, number: usize, provider: usize, random: &mut Random| {
            n_records += 1;
            row(&mut out, n_records, number, report, provider, random);
        };
        emit(&report, n_reports, 0, &mut random);
        if random.chance(33) {
            for provider in 1..=1 + random.below(3) {
                emit(&report, n_reports, provider, &mut random);
            }
        }
        n_reports += 1;
        if random.chance(8) {
            let near = near_miss(&report, n_reports, &mut random);
            let provider = random.below(4);
            emit(&near, n_reports, provider, &mut random);
            n_reports += 1;
        }
    }
    out
}

fn draw(random: &mut Random, number: usize) -> Report {
    let words = |n: usize, random: &mut Random| (0..n).map(|_| word(random)).collect::<Vec<_>>();
    let n_title = 6 + random.below(9);
    let mut title = words(n_title, random);
    title.insert(n_title / 2, ["of", "in", "and", "for"][random.below(4)].to_owned());
    if random.chance(30) {
        title.insert(n_title - 2, "the".to_owned());
    }
    let n_summary = 80 + random.below(80);
    let summary = words(n_summary, random).join(" ");
    let n_authors = 1 + random.below(8);
    let authors = (0..n_authors).map(|_| (family(random), random.frequent(&GIVEN))).collect();
    let year = 1990 + random.below(34);
    let journal = random.below(SUBJECTS.len() * KINDS.len());
    Report {
        title: title.join(" "),
        authors,
        journal,
        year,
        volume: year - 1960 + journal % 20,
        issue: 1 + random.below(12),
        page: 1 + random.below(2_000),
        length: 3 + random.below(14),
        doi: format!("10.{}/made.{number}", 1000 + journal),
        summary,
    }
}

/// Another report that looks like this one.
fn near_miss(report: &Report, number: usize, random: &mut Random) -> Report {
    let mut near = report.clone();
    near.doi = format!("10.{}/made.{number}", 1000 + report.journal);
    near.page += report.length + 1;
    match random.below(4) {
        0 => near.title.push_str(": part 2"),
        1 => near.title = format!("Erratum to: {}", report.title),
        2 => {
            near.journal = (report.journal + 1) % (SUBJECTS.len() * KINDS.len());
            near.volume += 7;
            near.year -= 1;
            near.summary.truncate(report.summary.len() / 2);
        }
        _ => {
            let other = draw(random, number);
            let (keep, _) = report.title.split_at(report.title.find(' ').unwrap_or(0));
            near.title = format!("{keep} {}", other.title);
            near.summary = other.summary;
            near.issue = report.issue % 12 + 1;
        }
    }
    near
}

/// A record of a report in the manner of one of four providers.
fn row(
    out: &mut String,
    id: usize,
    number: usize,
    report: &Report,
    provider: usize,
    random: &mut Random,
) {
    let (kind, subject) =
        (KINDS[report.journal % KINDS.len()], SUBJECTS[report.journal / KINDS.len()]);
    let abbreviated = provider % 2 == 1;
    let journal = if abbreviated {
        format!("{} {}", kind.1, subject.1)
    } else {
        format!("{} {}", kind.0, subject.0)
    };
    let names: Vec<String> = report
        .authors
        .iter()
        .map(|(family, given)| match provider {
            1 => format!("{family} {}", &given[..1]),
            2 => format!("{family}, {}.", &given[..1]),
            _ => format!("{family}, {given}"),
        })
        .collect();
    let mut title = report.title.clone();
    if provider == 2 {
        title = title.to_uppercase();
    }
    if provider > 0 && random.chance(10) {
        title = with_slip(&title, random);
    }
    let last = report.page + report.length;
    let pages =
        if provider == 1 { cut(report.page, last) } else { format!("{}-{last}", report.page) };
    let early = provider == 3 && random.chance(30);
    let year = if early { report.year - 1 } else { report.year };
    let (volume, issue, pages) = if early {
        (String::new(), String::new(), String::new())
    } else {
        (report.volume.to_string(), report.issue.to_string(), pages)
    };
    let has = |percent: usize, random: &mut Random| random.chance(percent);
    let doi = if has(75, random) { report.doi.as_str() } else { "" };
    let issue = if has(85, random) { issue.as_str() } else { "" };
    let summary = if has(70, random) { report.summary.as_str() } else { "" };
    let _ = writeln!(
        out,
        "{id},{number},\"{title}\",\"{}\",{year},\"{journal}\",{volume},{issue},{pages},{doi},\"{summary}\"",
        names.join("; ")
    );
}

/// "659-72".
fn cut(first: usize, last: usize) -> String {
    let (first, last) = (first.to_string(), last.to_string());
    let n_common = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
    if first.len() == last.len() {
        format!("{first}-{}", &last[n_common.min(last.len() - 1)..])
    } else {
        format!("{first}-{last}")
    }
}

/// A text with one letter left out of its longest word.
fn with_slip(text: &str, random: &mut Random) -> String {
    let Some(word) = text
        .split(' ')
        .max_by_key(|word| word.len())
        .filter(|word| word.len() > 5 && word.is_ascii())
    else {
        return text.to_owned();
    };
    let at = 2 + random.below(word.len() - 4);
    text.replacen(word, &format!("{}{}", &word[..at], &word[at + 1..]), 1)
}
