//! The numbers that every engine gets: drawn from a seeded generator, written once, read by all.

use std::fmt::Write as _;
use std::path::Path;

/// `SplitMix64` (Steele, Lea & Flood 2014, doi 10.1145/2660193.2660195): small, seeded, the same on every machine.
struct Generator(u64);

impl Generator {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in (0, 1).
    fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Standard normal, by Box and Muller's method.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(self.uniform())).sqrt();
        radius * libm::cos(core::f64::consts::TAU * self.uniform())
    }

    fn binomial(&mut self, n: u32, p: f64) -> f64 {
        f64::from((0..n).map(|_| u32::from(self.uniform() < p)).sum::<u32>())
    }
}

/// Studies of one analysis, as columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Studies {
    pub(crate) yi: Vec<f64>,
    pub(crate) vi: Vec<f64>,
    /// A moderator.
    pub(crate) x: Vec<f64>,
}

/// 2x2 tables: events and people of the experimental group, events and people of the control group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables {
    pub(crate) events_e: Vec<f64>,
    pub(crate) n_e: Vec<f64>,
    pub(crate) events_c: Vec<f64>,
    pub(crate) n_c: Vec<f64>,
}

/// Everything that the cases work on.
pub(crate) struct Inputs {
    /// Many meta-analyses of ten studies.
    pub(crate) small: Vec<Studies>,
    /// Some of twenty.
    pub(crate) medium: Vec<Studies>,
    /// One of two hundred.
    pub(crate) influence: Studies,
    /// One of forty, of which those without a small p value were often not published.
    pub(crate) selected: Studies,
    /// One of fifty, likewise.
    pub(crate) asymmetric: Studies,
    /// Two thousand effects in four hundred clusters; `x` is the cluster.
    pub(crate) clustered: Studies,
    /// Twenty trials with counts.
    pub(crate) tables: Tables,
}

/// How many meta-analyses of ten studies there are; a million fits go through them again and again.
pub(crate) const SMALL_GROUPS: usize = 10_000;
/// How many of those the peers get, which are slower.
const SMALL_GROUPS_OF_PEERS: usize = 200;

impl Inputs {
    pub(crate) fn draw() -> Self {
        let mut random = Generator(20_261_124);
        let small = (0..SMALL_GROUPS).map(|_| studies(&mut random, 10, 0.04)).collect();
        let medium = (0..100).map(|_| studies(&mut random, 20, 0.04)).collect();
        let influence = studies(&mut random, 200, 0.04);
        let selected = published(&mut random, 40);
        let asymmetric = published(&mut random, 50);
        let clustered = clustered(&mut random);
        let tables = tables(&mut random, 20);
        Self { small, medium, influence, selected, asymmetric, clustered, tables }
    }

    /// `k` studies, from a stream of their own.
    pub(crate) fn large(k: usize) -> Studies {
        studies(&mut Generator(50_000), k, 0.04)
    }

    /// Writes what the peers read.
    pub(crate) fn write(&self, folder: &Path) -> std::io::Result<()> {
        fs_err::create_dir_all(folder)?;
        let file = |name: &str, text: String| fs_err::write(folder.join(name), text);
        file("small.csv", groups(&self.small[..SMALL_GROUPS_OF_PEERS]))?;
        file("medium.csv", groups(&self.medium))?;
        file("influence.csv", groups(std::slice::from_ref(&self.influence)))?;
        file("selected.csv", groups(std::slice::from_ref(&self.selected)))?;
        file("asymmetric.csv", groups(std::slice::from_ref(&self.asymmetric)))?;
        file("clustered.csv", groups(std::slice::from_ref(&self.clustered)))?;
        let Tables { events_e, n_e, events_c, n_c } = &self.tables;
        let mut text = "ai,n1i,ci,n2i\n".to_owned();
        for i in 0..n_e.len() {
            let _ = writeln!(text, "{},{},{},{}", events_e[i], n_e[i], events_c[i], n_c[i]);
        }
        file("tables.csv", text)
    }
}

/// `group,yi,vi,x`, with as many digits as give the same double again.
fn groups(all: &[Studies]) -> String {
    let mut text = "group,yi,vi,x\n".to_owned();
    for (group, studies) in all.iter().enumerate() {
        for ((yi, vi), x) in studies.yi.iter().zip(&studies.vi).zip(&studies.x) {
            let _ = writeln!(text, "{},{yi:e},{vi:e},{x:e}", group + 1);
        }
    }
    text
}

/// One study: its own true effect, a sampling variance between 0.005 and 0.5, and an estimate.
fn study(random: &mut Generator, truth: f64) -> (f64, f64) {
    let vi = libm::exp(-5.3 + 4.6 * random.uniform());
    (truth + vi.sqrt() * random.normal(), vi)
}

fn studies(random: &mut Generator, k: usize, tau2: f64) -> Studies {
    let mut all = Studies::default();
    for _ in 0..k {
        let x = random.normal();
        let truth = 0.15 + 0.1 * x + tau2.sqrt() * random.normal();
        let (yi, vi) = study(random, truth);
        all.push(yi, vi, x);
    }
    all
}

/// Studies of which one without p < 0.025 (one-sided) is published with probability 0.3.
fn published(random: &mut Generator, k: usize) -> Studies {
    let mut all = Studies::default();
    while all.yi.len() < k {
        let truth = 0.2 + 0.2 * random.normal();
        let (yi, vi) = study(random, truth);
        if yi / vi.sqrt() > 1.96 || random.uniform() < 0.3 {
            all.push(yi, vi, 0.0);
        }
    }
    all
}

fn clustered(random: &mut Generator) -> Studies {
    let mut all = Studies::default();
    for cluster in 0..400_u16 {
        let of_cluster = 0.3 * random.normal();
        for _ in 0..5 {
            let truth = 0.2 + of_cluster + 0.2 * random.normal();
            let (yi, vi) = study(random, truth);
            all.push(yi, vi, f64::from(cluster));
        }
    }
    all
}

fn tables(random: &mut Generator, k: usize) -> Tables {
    let mut all = Tables::default();
    for _ in 0..k {
        let (n_e, n_c) = (60 + (random.next() % 200) as u32, 60 + (random.next() % 200) as u32);
        let logit = -1.2 + 0.5 * random.normal();
        let effect = -0.4 + 0.3 * random.normal();
        let risk = |logit: f64| 1.0 / (1.0 + libm::exp(-logit));
        all.events_e.push(random.binomial(n_e, risk(logit + effect)));
        all.n_e.push(f64::from(n_e));
        all.events_c.push(random.binomial(n_c, risk(logit)));
        all.n_c.push(f64::from(n_c));
    }
    all
}

impl Studies {
    fn push(&mut self, yi: f64, vi: f64, x: f64) {
        self.yi.push(yi);
        self.vi.push(vi);
        self.x.push(x);
    }
}
