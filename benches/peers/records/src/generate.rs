//! Records that look like those of the databases: words of a made-up vocabulary in abstracts of some 1,500
//! characters, one to twelve authors, all usual fields. The same number draws the same record.

use std::fmt::Write as _;
use std::io::{self, Read};

/// The formats that are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Ris,
    Nbib,
    PubmedXml,
}

/// The text of so many records.
pub fn text(dialect: Dialect, records: u32) -> String {
    let mut text = String::new();
    for number in 1..=records {
        record(dialect, number, &mut text);
    }
    if dialect == Dialect::PubmedXml {
        text.insert_str(0, "<?xml version=\"1.0\" ?>\n<PubmedArticleSet>\n");
        text.push_str("</PubmedArticleSet>\n");
    }
    text
}

/// Records that are made while they are read.
pub struct Stream {
    dialect: Dialect,
    next: u32,
    records: u32,
    text: String,
    at: usize,
}

impl Stream {
    pub fn new(dialect: Dialect, records: u32) -> Self {
        Self { dialect, next: 1, records, text: String::new(), at: 0 }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.text.len() && self.next <= self.records {
            self.text.clear();
            self.at = 0;
            record(self.dialect, self.next, &mut self.text);
            self.next += 1;
        }
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
}

/// Draws numbers (SplitMix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn word(&mut self) -> &'static str {
        const WORDS: [&str; 40] = [
            "patients", "treatment", "randomised", "the", "of", "and", "with", "placebo", "outcome", "was",
            "significantly", "in", "group", "after", "weeks", "mean", "difference", "95%", "CI", "(p < 0.05)",
            "primary", "blood", "pressure", "were", "assigned", "to", "receive", "control", "double-blind", "trial",
            "adverse", "events", "quality", "life", "months", "follow-up", "naïve", "β-blocker", "risk", "hospital",
        ];
        WORDS[self.below(40) as usize]
    }

    fn words(&mut self, n: u64) -> String {
        (0..n).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    fn name(&mut self) -> (&'static str, &'static str, &'static str) {
        const FAMILIES: [&str; 12] = [
            "Smith", "Lee", "García", "Müller", "van der Berg", "Nguyen", "Kowalski", "O'Brien", "Wang", "Sørensen",
            "Tanaka", "Haddad",
        ];
        const GIVEN: [(&str, &str); 8] = [
            ("Anna Maria", "AM"), ("Hee Jung", "HJ"), ("John", "J"), ("Élodie", "É"), ("Paul R", "PR"),
            ("Wei", "W"), ("Jan-Willem", "JW"), ("Sofia", "S"),
        ];
        let (given, initials) = GIVEN[self.below(8) as usize];
        (FAMILIES[self.below(12) as usize], given, initials)
    }
}

fn record(dialect: Dialect, number: u32, text: &mut String) {
    let mut draw = Draw(u64::from(number));
    match dialect {
        Dialect::Ris => ris(number, &mut draw, text),
        Dialect::Nbib => nbib(number, &mut draw, text),
        Dialect::PubmedXml => pubmed_xml(number, &mut draw, text),
    }
}

fn ris(number: u32, draw: &mut Draw, text: &mut String) {
    let mut line = |tag: &str, value: &str| {
        let _ = writeln!(text, "{tag}  - {value}");
    };
    line("TY", "JOUR");
    line("TI", &draw.words(14));
    for _ in 0..=draw.below(12) {
        let (family, given, _) = draw.name();
        line("AU", &format!("{family}, {given}"));
    }
    line("T2", &draw.words(4));
    line("J2", "J Clin Made Up");
    line("AB", &draw.words(230));
    for _ in 0..8 {
        line("KW", &draw.words(2));
    }
    line("PY", &(1990 + draw.below(35)).to_string());
    line("DA", &format!("{}/{:02}/{:02}/", 1990 + draw.below(35), 1 + draw.below(12), 1 + draw.below(28)));
    line("VL", &draw.below(300).to_string());
    line("IS", &draw.below(12).to_string());
    line("SP", &number.to_string());
    line("EP", &(number + 9).to_string());
    line("SN", "1234-5678");
    line("LA", "English");
    line("DO", &format!("10.1000/made.up.{number}"));
    line("AN", &number.to_string());
    line("UR", &format!("https://example.org/records/{number}"));
    line("DB", "Ovid MEDLINE(R)");
    line("ER", "\n");
}

fn nbib(number: u32, draw: &mut Draw, text: &mut String) {
    let mut line = |tag: &str, value: &str| {
        let _ = write!(text, "{tag:<4}- ");
        let mut width = 0;
        for word in value.split(' ') {
            if width + word.len() > 80 {
                text.push_str("\n      ");
                width = 0;
            } else if width > 0 {
                text.push(' ');
            }
            text.push_str(word);
            width += word.len() + 1;
        }
        text.push('\n');
    };
    line("PMID", &number.to_string());
    line("OWN", "NLM");
    line("STAT", "MEDLINE");
    line("IS", "1234-5678 (Electronic)");
    line("VI", &draw.below(300).to_string());
    line("IP", &draw.below(12).to_string());
    line("DP", &format!("{} Oct", 1990 + draw.below(35)));
    line("TI", &draw.words(14));
    line("PG", &format!("{number}-{}", number + 9));
    line("LID", &format!("10.1000/made.up.{number} [doi]"));
    line("AB", &draw.words(230));
    for _ in 0..=draw.below(12) {
        let (family, given, initials) = draw.name();
        line("FAU", &format!("{family}, {given}"));
        line("AU", &format!("{family} {initials}"));
        line("AD", &draw.words(12));
    }
    line("LA", "eng");
    line("PT", "Journal Article");
    line("PT", "Randomized Controlled Trial");
    line("PL", "England");
    line("TA", "J Clin Made Up");
    line("JT", "Journal of clinical and made up research");
    for _ in 0..10 {
        line("MH", &draw.words(2));
    }
    line("AID", &format!("10.1000/made.up.{number} [doi]"));
    line("SO", &format!("J Clin Made Up. 2001 Oct;1(2):{number}-{}.", number + 9));
    text.push('\n');
}

/// A record as efetch prints it, without line ends between elements.
fn pubmed_xml(number: u32, draw: &mut Draw, text: &mut String) {
    let plain = |words: String| words.replace('<', "&lt;");
    let _ = write!(
        text,
        "<PubmedArticle><MedlineCitation Status=\"MEDLINE\" Owner=\"NLM\" IndexingMethod=\"Automated\"><PMID \
         Version=\"1\">{number}</PMID><DateRevised><Year>2019</Year><Month>06</Month><Day>09</Day></DateRevised><Article \
         PubModel=\"Print\"><Journal><ISSN IssnType=\"Electronic\">1234-5678</ISSN><JournalIssue \
         CitedMedium=\"Internet\"><Volume>{}</Volume><Issue>{}</Issue><PubDate><Year>{}</Year><Month>Oct</Month>\
         </PubDate></JournalIssue><Title>Journal of clinical and made up research</Title><ISOAbbreviation>J Clin Made \
         Up</ISOAbbreviation></Journal><ArticleTitle>{}</ArticleTitle><Pagination><MedlinePgn>{number}-{}</MedlinePgn>\
         </Pagination><ELocationID EIdType=\"doi\" ValidYN=\"Y\">10.1000/made.up.{number}</ELocationID><Abstract>",
        draw.below(300),
        draw.below(12),
        1990 + draw.below(35),
        plain(draw.words(14)),
        number + 9,
    );
    for label in ["BACKGROUND", "METHODS", "RESULTS"] {
        let words = plain(draw.words(76));
        let _ = write!(text, "<AbstractText Label=\"{label}\" NlmCategory=\"{label}\">{words}</AbstractText>");
    }
    text.push_str("</Abstract><AuthorList CompleteYN=\"Y\">");
    for _ in 0..=draw.below(12) {
        let (family, given, initials) = draw.name();
        let place = plain(draw.words(12));
        let _ = write!(
            text,
            "<Author ValidYN=\"Y\"><LastName>{family}</LastName><ForeName>{given}</ForeName><Initials>{initials}\
             </Initials><AffiliationInfo><Affiliation>{place}</Affiliation></AffiliationInfo></Author>"
        );
    }
    text.push_str(
        "</AuthorList><Language>eng</Language><PublicationTypeList><PublicationType UI=\"D016428\">Journal Article\
         </PublicationType></PublicationTypeList></Article><MedlineJournalInfo><Country>England</Country><MedlineTA>J \
         Clin Made Up</MedlineTA><NlmUniqueID>9891830</NlmUniqueID></MedlineJournalInfo><MeshHeadingList>",
    );
    for _ in 0..10 {
        let word = plain(draw.words(2));
        let _ = write!(
            text,
            "<MeshHeading><DescriptorName UI=\"D000163\" MajorTopicYN=\"N\">{word}</DescriptorName></MeshHeading>"
        );
    }
    text.push_str("</MeshHeadingList></MedlineCitation><PubmedData><History>");
    for status in ["pubmed", "medline", "entrez"] {
        let _ = write!(
            text,
            "<PubMedPubDate PubStatus=\"{status}\"><Year>2019</Year><Month>6</Month><Day>9</Day></PubMedPubDate>"
        );
    }
    let _ = writeln!(
        text,
        "</History><PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType=\"pubmed\">{number}\
         </ArticleId><ArticleId IdType=\"doi\">10.1000/made.up.{number}</ArticleId></ArticleIdList></PubmedData>\
         </PubmedArticle>"
    );
}
