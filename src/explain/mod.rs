//! Why a person is in the ledger, or is not: lines, spans, every rule's verdict, law and arithmetic.
//!
//! Owns the gathering of what engine and findings already know. Must not judge anything anew.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::domain::{CitizenId, Fen};
use crate::engine::{Engine, PersonDetail, Remark, SetAside, Tier, bar_table, can_run};
use crate::findings::{Case, Lead, LineClaim};
use crate::ingest::{Column, Component, RegistryRow, Table, Value};
use crate::messages::{self, Error, Lang, Text};
use crate::pipeline::Audit;
use crate::rulebook::{Check, ConflictCheck, Rule};

/// Everything that is known of one person.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The ID number, masked unless asked otherwise.
    pub id_number: String,
    /// The names under which payments were made; without any payment, those of the registries.
    pub names: Vec<String>,
    /// The payment lines, by benefit month.
    pub lines: Vec<ExplainedLine>,
    /// The spans in which nothing was due, or may not have been.
    pub spans: Vec<ExplainedSpan>,
    /// Every rule's verdict.
    pub rules: Vec<ExplainedRule>,
    /// The cases, with their arithmetic.
    pub cases: Vec<ExplainedCase>,
    /// The rows of every registry.
    pub rows: Vec<ExplainedRow>,
}

/// A payment line.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct ExplainedLine {
    pub benefit_month: String,
    pub line: String,
    pub kind: String,
    pub paid_date: Option<String>,
    pub amount_fen: i64,
    pub components: Vec<(String, i64)>,
    pub claimed_fen: i64,
    pub rules: Vec<String>,
    pub remark: Option<String>,
}

/// A span of months.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct ExplainedSpan {
    pub rule: String,
    pub months: Option<String>,
    pub established: bool,
    pub reason: Option<String>,
    pub event_date: String,
    pub evidence: Vec<String>,
}

/// A rule's verdict.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct ExplainedRule {
    pub rule: String,
    pub title: String,
    /// claimed, lead, marked, not_fired or not_checkable.
    pub verdict: &'static str,
    pub because: Vec<String>,
}

/// A case.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct ExplainedCase {
    pub case_id: String,
    pub case_type: String,
    pub arithmetic: Vec<String>,
    pub due_fen: i64,
    pub recovered_fen: i64,
    pub setoff_fen: i64,
    pub outstanding_fen: i64,
    pub marks: Vec<String>,
    pub law: Vec<String>,
    pub evidence: Vec<String>,
}

/// A registry row.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs)]
pub struct ExplainedRow {
    pub table: String,
    pub row: String,
    pub name: String,
    pub values: Vec<(String, String)>,
}

/// What an explanation is made of, and how it speaks.
pub struct Explainer<'a> {
    audit: &'a Audit,
    lang: Lang,
    unmask: bool,
}

impl<'a> Explainer<'a> {
    /// An explainer over a finished audit.
    pub fn new(audit: &'a Audit, lang: Lang, unmask: bool) -> Explainer<'a> {
        Explainer { audit, lang, unmask }
    }

    /// Explains a person; `None` where no input knows the number.
    ///
    /// # Errors
    /// When what was stored of the inputs cannot be read again.
    pub fn explain(&self, id: CitizenId) -> Result<Option<Explanation>, Error> {
        let audit = self.audit;
        let detail = Engine::new(&audit.tables, &audit.rulebook, &audit.project)?.detail(id)?;
        if detail.payments.is_empty() && detail.rows.is_empty() {
            return Ok(None);
        }
        let payments = &detail.payments;
        let mut names: BTreeSet<String> =
            (0..payments.len()).map(|line| payments.name(line).to_string()).collect();
        if names.is_empty() {
            names.extend(detail.rows.iter().map(|(_, row)| row.name.clone()));
        }
        let cases: Vec<&Case> = audit.findings.cases.iter().filter(|case| case.id == id).collect();
        Ok(Some(Explanation {
            id_number: if self.unmask { id.text() } else { id.masked() },
            names: names.into_iter().collect(),
            lines: self.lines(id, &detail),
            spans: self.spans(&detail),
            rules: audit
                .rulebook
                .rules
                .iter()
                .enumerate()
                .map(|(at, rule)| self.rule(id, at, rule, &detail))
                .collect(),
            cases: cases.iter().map(|case| self.case(case)).collect(),
            rows: detail.rows.iter().map(|(table, row)| self.row(*table, row)).collect(),
        }))
    }

    fn say(&self, text: &Text) -> String {
        text.in_lang(self.lang).to_string()
    }

    fn claims(&self, id: CitizenId) -> impl Iterator<Item = &LineClaim> {
        self.audit.findings.claims.iter().filter(move |claim| claim.id == id)
    }

    fn leads(&self, id: CitizenId, rule: usize) -> impl Iterator<Item = &Lead> {
        self.audit.findings.leads.iter().filter(move |lead| lead.id == id && lead.rule == rule)
    }

    fn lines(&self, id: CitizenId, detail: &PersonDetail) -> Vec<ExplainedLine> {
        let (payments, judged) = (&detail.payments, &self.audit.findings.payments);
        let mut lines: Vec<usize> = (0..payments.len()).collect();
        lines.sort_by_key(|&line| (payments.months[line], payments.paid_day[line], line));
        let explained = lines.into_iter().map(|line| {
            let claim = self.claims(id).find(|claim| judged.position(claim.line) == payments.position(line));
            let amounts = payments.amounts[line];
            let components = Component::ALL
                .into_iter()
                .filter(|&component| amounts[component as usize] != 0)
                .map(|component| (component.name().to_string(), amounts[component as usize]));
            let in_period = !payments.months[line].intersect(self.audit.project.period).is_empty();
            let remark = match detail.set_aside.get(&line) {
                Some(reason) => Some(self.say(&set_aside_text(*reason))),
                None if !in_period => Some(self.say(&messages::Observation::OutsidePeriod.text())),
                None => None,
            };
            ExplainedLine {
                benefit_month: payments.months[line].to_string(),
                line: payments.place(line),
                kind: payments.strings.text(payments.words[line].line_kind).to_string(),
                paid_date: payments.paid_on(line).map(|day| day.to_string()),
                amount_fen: amounts.iter().sum(),
                components: components.collect(),
                claimed_fen: claim.map_or(0, |claim| claim.claimed().0),
                rules: claim.map(|claim| self.rule_ids(&claim.rules)).unwrap_or_default(),
                remark,
            }
        });
        explained.collect()
    }

    fn rule_ids(&self, rules: &[usize]) -> Vec<String> {
        rules.iter().map(|&rule| self.audit.rulebook.rules[rule].id.clone()).collect()
    }

    fn spans(&self, detail: &PersonDetail) -> Vec<ExplainedSpan> {
        let span = |bar: &crate::engine::Bar| ExplainedSpan {
            rule: self.audit.rulebook.rules[bar.rule].id.clone(),
            months: (!bar.is_unknown).then(|| bar.span.to_string()),
            established: bar.tier == Tier::Established,
            reason: match bar.tier {
                Tier::Established => None,
                Tier::Lead(reason) => Some(self.say(&reason.text())),
            },
            event_date: bar.event.date.clone(),
            evidence: bar.evidence.to_vec(),
        };
        detail.bars.iter().map(span).collect()
    }

    fn rule(&self, id: CitizenId, at: usize, rule: &Rule, detail: &PersonDetail) -> ExplainedRule {
        let (verdict, because) = self.verdict(id, at, rule, detail);
        ExplainedRule {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            verdict,
            because: because.iter().map(|text| self.say(text)).collect(),
        }
    }

    fn verdict(
        &self,
        id: CitizenId,
        at: usize,
        rule: &Rule,
        detail: &PersonDetail,
    ) -> (&'static str, Vec<Text>) {
        if !can_run(rule, &self.audit.tables) {
            let missing = rule.check.registries().into_iter().filter(|&table| !self.audit.project.has(table));
            return ("not_checkable", missing.map(messages::coverage_registry_missing).collect());
        }
        let mut because: Vec<Text> = detail
            .notes
            .iter()
            .filter(|note| note.rule == at)
            .map(|note| messages::note_at(&note.place, &note.text))
            .collect();
        let claimed: Fen =
            self.claims(id).filter(|claim| claim.rules.contains(&at)).map(LineClaim::claimed).sum();
        let grants: Fen = self
            .audit
            .findings
            .cases
            .iter()
            .filter(|case| case.id == id && case.primary_rule == at)
            .map(|case| case.funeral)
            .sum();
        let leads: Vec<&Lead> = self.leads(id, at).collect();
        because.extend(leads.iter().map(|lead| messages::lead_because(lead.reason, lead.potential)));
        if claimed > Fen::ZERO || grants > Fen::ZERO {
            because.insert(0, messages::explain_claimed([claimed, grants].into_iter().sum()));
            return ("claimed", because);
        }
        if !leads.is_empty() {
            return ("lead", because);
        }
        let findings = &self.audit.findings;
        let told = |remark: &&Remark| remark.id == id && remark.rule == at;
        let remarks = findings.marks.iter().chain(&findings.unpaid).filter(told);
        let texts: Vec<Text> = remarks.map(|remark| remark.detail.text()).collect();
        if !texts.is_empty() {
            return ("marked", texts);
        }
        because.push(self.why_not(at, rule, detail));
        ("not_fired", because)
    }

    /// Whether nobody could say what was due in some month, or what is to be returned.
    fn is_not_configured(&self, check: &Check) -> bool {
        let (rulebook, project) = (&self.audit.rulebook, &self.audit.project);
        match check {
            Check::Standard(check) => {
                !rulebook.unknown_standards(check, &project.region, project.period).is_empty()
            }
            _ => rulebook.unknown_parameter(check, &project.region, project.as_of).is_some(),
        }
    }

    /// Why a rule did not fire.
    fn why_not(&self, at: usize, rule: &Rule, detail: &PersonDetail) -> Text {
        let has = |table: Table| detail.rows.iter().any(|(other, _)| *other == table);
        match &rule.check {
            check if self.is_not_configured(check) => messages::explain_not_configured(),
            Check::Repeated => messages::explain_not_repeated(),
            Check::Absent(_) if has(Table::Participants) => messages::explain_present(),
            Check::Absent(_) if detail.payments.is_empty() => messages::explain_no_payment(),
            Check::Absent(_) => messages::explain_exempt(),
            Check::Exclusive(_) if !has(Table::FuneralGrants) => {
                messages::explain_no_row(Table::FuneralGrants)
            }
            Check::Exclusive(_) if !has(Table::OtherDeathBenefits) => {
                messages::explain_no_row(Table::OtherDeathBenefits)
            }
            Check::Exclusive(_) => messages::explain_no_choice_due(),
            Check::Age(_) => messages::explain_old_enough(),
            Check::Conflict(ConflictCheck::Numbers(_)) => messages::explain_counts_rows(),
            Check::Conflict(_)
            | Check::Unpaid(_)
            | Check::Standard(_)
            | Check::Shared(_)
            | Check::RepeatedRows(_) => messages::explain_nothing_told(),
            Check::Death(_) | Check::Custody(_) | Check::Pension(_) | Check::Listed(_) => {
                let table = bar_table(&rule.check).unwrap_or(Table::Payments);
                if !has(table) {
                    messages::explain_no_row(table)
                } else if detail.bars.iter().any(|bar| bar.rule == at) {
                    messages::explain_no_line_in_span()
                } else {
                    messages::explain_no_span()
                }
            }
        }
    }

    fn case(&self, case: &Case) -> ExplainedCase {
        ExplainedCase {
            case_id: case.case_id.clone(),
            case_type: messages::case_type_word(case.case_type).in_lang(self.lang).to_string(),
            arithmetic: self.arithmetic(case),
            due_fen: case.due.0,
            recovered_fen: case.recovered.0,
            setoff_fen: case.setoff.0,
            outstanding_fen: case.outstanding().0,
            marks: case.marks.iter().cloned().collect(),
            law: case
                .law(&self.audit.rulebook, self.audit.project.as_of)
                .into_iter()
                .map(messages::law_line)
                .collect(),
            evidence: case.evidence.clone(),
        }
    }

    /// One line for each claimed payment line, and the sum.
    fn arithmetic(&self, case: &Case) -> Vec<String> {
        let place = |claim: &LineClaim| self.audit.findings.payments.place(claim.line);
        let mut lines: Vec<String> = self
            .claims(case.id)
            .filter(|claim| claim.case_type == case.case_type)
            .map(|claim| {
                let parts: Vec<String> = Component::ALL
                    .into_iter()
                    .filter(|&component| claim.amounts[component as usize] != 0)
                    .map(|component| {
                        let name = messages::component_word(component).in_lang(self.lang);
                        format!("{name} {}", Fen(claim.amounts[component as usize]))
                    })
                    .collect();
                format!("{}  {} = {}  ({})", claim.months, parts.join(" + "), claim.claimed(), place(claim))
            })
            .collect();
        if case.funeral > Fen::ZERO {
            lines.push(self.say(&messages::explain_grant_sum(case.funeral)));
        }
        lines.push(self.say(&messages::explain_sum(
            case.due,
            case.recovered,
            case.setoff,
            case.outstanding(),
        )));
        lines
    }

    fn row(&self, table: Table, row: &RegistryRow) -> ExplainedRow {
        let values =
            row.values().map(|(column, value)| (column.name().to_string(), self.value(column, value)));
        ExplainedRow {
            table: table.name().to_string(),
            row: row.place(),
            name: row.name.clone(),
            values: values.collect(),
        }
    }

    fn value(&self, column: Column, value: &Value) -> String {
        match value {
            // Another person's ID number may stand in a registry row.
            Value::Text(text) if column == Column::PayeeId && !self.unmask => {
                crate::domain::mask_id_text(text)
            }
            Value::Text(text) if !self.unmask => crate::domain::mask_number_text(text),
            Value::Text(text) => text.clone(),
            Value::Date(day) => day.to_string(),
            Value::Month(month) => month.to_string(),
            Value::Amount(fen) => fen.yuan(),
        }
    }
}

fn set_aside_text(reason: SetAside) -> Text {
    match reason {
        SetAside::NotPaid => messages::Observation::NotPaid.text(),
        SetAside::Undone => messages::explain_undone(),
        SetAside::Undoes => messages::explain_undoes(),
        SetAside::WithoutPartner => messages::explain_without_partner(),
    }
}

/// The person whom a word of the command line names: an ID number in any writing, or a case number.
pub fn find_person(audit: &Audit, word: &str) -> Option<CitizenId> {
    let by_id = CitizenId::read(word, audit.project.as_of).usable();
    by_id.or_else(|| {
        audit.findings.cases.iter().find(|case| case.case_id.eq_ignore_ascii_case(word)).map(|case| case.id)
    })
}

/// The lines whose ID cell is exactly this unusable text.
///
/// # Errors
/// When what was stored of the inputs cannot be read again.
pub fn damaged_lines(audit: &Audit, word: &str) -> Result<Vec<String>, Error> {
    let mut places = Vec::new();
    audit.tables.unusable_lines(&mut |file, line| {
        if line.id_text.trim() == word.trim() {
            places.push(format!("{file}#{}", line.row));
        }
    })?;
    Ok(places)
}
