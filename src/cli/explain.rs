//! `explain`: one person, from payment line to law.

use clap::ArgMatches;

use super::{Voice, audit, table};
use crate::domain::{Fen, mask_id_text};
use crate::explain::{ExplainedLine, Explainer, Explanation, damaged_lines, find_person};
use crate::messages::{self, Error, Exit};

pub(super) fn run(voice: Voice, arguments: &ArgMatches) -> Result<Exit, Error> {
    let word = arguments.get_one::<String>("id").cloned().unwrap_or_default();
    let audit = audit(voice, arguments)?;
    let shown = if voice.unmask { word.clone() } else { mask_id_text(&word) };
    let Some(id) = find_person(&audit, &word) else {
        let lines = damaged_lines(&audit, &word)?;
        if lines.is_empty() {
            return Err(messages::no_such_person(&shown));
        }
        let text = messages::explain_damaged(&shown, &lines);
        if voice.json {
            let verdict =
                serde_json::json!({ "id_number": shown, "not_checkable": text.in_lang(voice.lang) });
            voice.json(&verdict);
        } else {
            voice.say(text.in_lang(voice.lang));
        }
        return Ok(Exit::Done);
    };
    let explainer = Explainer::new(&audit, voice.lang, voice.unmask);
    let Some(explanation) = explainer.explain(id)? else {
        return Err(messages::no_such_person(&shown));
    };
    if voice.json {
        let value =
            serde_json::to_value(&explanation).map_err(|why| messages::internal_error(&why.to_string()))?;
        voice.json(&value);
    } else {
        print(voice, &explanation);
    }
    Ok(Exit::Done)
}

fn print(voice: Voice, explanation: &Explanation) {
    let lang = voice.lang;
    voice.say(&format!("{}  {}", explanation.id_number, explanation.names.join(" / ")));
    let heading = |key: &str| {
        voice.say("");
        voice.say(messages::explain_heading(key).in_lang(lang));
    };
    heading("lines");
    let mut rows = vec![messages::explain_line_columns(lang)];
    rows.extend(explanation.lines.iter().map(line_row));
    for line in table::layout(&rows, &[2, 3]) {
        voice.say(&format!("  {line}"));
    }
    heading("rows");
    for row in &explanation.rows {
        let values: Vec<String> =
            row.values.iter().map(|(column, value)| format!("{column}={value}")).collect();
        voice.say(&format!("  {}  {}  {}  {}", row.table, row.row, row.name, values.join("  ")));
    }
    heading("spans");
    for span in &explanation.spans {
        let tier = messages::tier_word(span.established);
        let months = span.months.clone().unwrap_or_else(|| "?".to_string());
        let reason = span.reason.clone().unwrap_or_default();
        voice.say(&format!(
            "  {}  {months}  {}  {reason}  {}",
            span.rule,
            tier.in_lang(lang),
            span.evidence.join("; ")
        ));
    }
    heading("rules");
    for rule in &explanation.rules {
        let verdict = messages::verdict_word(rule.verdict);
        voice.say(&format!("  {}  {}  {}", rule.rule, verdict.in_lang(lang), rule.title));
        for because in &rule.because {
            voice.say(&format!("      {because}"));
        }
    }
    print_cases(voice, explanation);
}

fn print_cases(voice: Voice, explanation: &Explanation) {
    for case in &explanation.cases {
        voice.say("");
        voice.say(&format!("{}  {}  {}", case.case_type, case.case_id, case.marks.join("; ")));
        for line in case.arithmetic.iter().chain(&case.law) {
            voice.say(&format!("  {line}"));
        }
        voice.say(&format!("  {}", case.evidence.join("; ")));
    }
}

fn line_row(line: &ExplainedLine) -> Vec<String> {
    let claimed = if line.claimed_fen == 0 { String::new() } else { Fen(line.claimed_fen).yuan() };
    let mut remark = line.rules.join(";");
    if let Some(text) = &line.remark {
        remark.push_str(text);
    }
    vec![
        line.benefit_month.clone(),
        line.kind.clone(),
        Fen(line.amount_fen).yuan(),
        claimed,
        line.paid_date.clone().unwrap_or_default(),
        line.line.clone(),
        remark,
    ]
}
