//! `risk_of_bias.csv` and `certainty.csv`.

use super::{messages, sound, with};

#[test]
fn an_unknown_answer_and_an_unknown_domain_of_risk_of_bias() {
    let package = with(
        sound(),
        "risk_of_bias.csv",
        "study,question,answer,support\nAlpha 2001,1.1,maybe,\nAlpha 2001,domain 9,Low,why\nAlpha 2001,overall,Low,\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    risk_of_bias.csv:2:16 (answer): found `maybe`, expected one of Y, PY, PN, N, NI, NA; correct it
    risk_of_bias.csv:3:12 (question): found `domain 9`, expected one of `domain 1`, `domain 2`, `domain 3`, `domain 4`, `domain 5`; correct it
    risk_of_bias.csv:4:24 (support): found nothing, expected the reason for a judgement of one's own; give the reason
    "#);
}

#[test]
fn a_question_that_the_tool_does_not_ask() {
    let package = with(
        sound(),
        "risk_of_bias.csv",
        "study,question,answer\nAlpha 2001,9.9,Y\nAlpha 2001,3.2,NI\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    risk_of_bias.csv:2:12 (question): found `9.9`, expected a question of the tool: 1.1, 1.2, 1.3, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 3.1, 3.2, 3.3, 3.4, 4.1, 4.2, 4.3, 4.4, 4.5, 5.1, 5.2, 5.3; correct it
    risk_of_bias.csv:3:16 (answer): found `NI`, expected one of NA, Y, PY, PN, N for question 3.2; correct it
    "#);
}

#[test]
fn a_certainty_rating_that_the_domain_does_not_have() {
    let package = with(
        sound(),
        "certainty.csv",
        "comparison,outcome,domain,rating,reason\nc,pain,publication bias,serious,few studies\nc,pain,imprecision,serious,\nc,pain,bias,serious,x\n",
    );
    insta::assert_snapshot!(messages(&package), @r#"
    certainty.csv:2:25 (rating): found `serious`, expected one of `undetected`, `strongly suspected` for publication bias; correct it
    certainty.csv:3:28 (reason): found nothing, expected the reason for rating down or up; give the reason
    certainty.csv:4:8 (domain): found `bias`, expected `start`, `risk of bias`, `inconsistency`, `indirectness`, `imprecision`, `publication bias`, `large effect`, `dose response`, `opposing confounding`; correct it
    "#);
}
