//! The words of offices, as rule files list them: the headings under which columns are known, the words of
//! rows that are no data, and the codes that stand for words.
//!
//! Owns what such a file may say. Must not read an input, nor know what a rule makes of a word.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use serde::Deserialize;
use toml::Spanned;
use unicode_normalization::UnicodeNormalization;

use super::heading::normalise;
use super::schema::{Column, Table};
use super::short_hash;
use crate::messages::{self, Text};

/// The headings that the program carries.
const HEADINGS: &str = include_str!("../../rules/headings.toml");
/// The codes that the program carries.
const VALUES: &str = include_str!("../../rules/values.toml");

/// The codes of a column, as they are compared, and the words for which they stand.
pub(crate) type Codes = BTreeMap<String, String>;

/// What is wrong in a file, and where.
pub(crate) type Wrong = (Range<usize>, Text);

/// How far a heading may stand for its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Always.
    Usual,
    /// Only in a heading row where nothing else stands for the column.
    Fallback,
    /// Never, whatever an overlay says: it looks like the column and is another thing.
    Never,
}

/// The words that tell a row of a sheet that is no data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowWords {
    /// Labels of a row with the sum of the whole sheet.
    grand_total: Vec<String>,
    /// Labels of a row with the sum of a part.
    subtotal: Vec<String>,
    /// Beginnings of remarks and signatures.
    note: Vec<String>,
    /// Whole labels of signatures: longer words that begin like them are none.
    signature: Vec<String>,
}

/// What tells that a column which is not read may be one that decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct UnreadWords {
    /// By the column that is missing, words in the headings of what may stand for it.
    headings: BTreeMap<Column, Vec<String>>,
    /// Words in the headings of what never does.
    never: Vec<String>,
    /// Cells that say nothing.
    nothing: Vec<String>,
    /// By the column that is missing, words that its cells hold.
    words: BTreeMap<Column, Vec<String>>,
}

/// What the label of a row that is no data says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowLabel {
    GrandTotal,
    Subtotal,
    Note,
}

/// The words of offices.
#[derive(Clone)]
pub struct Vocabulary {
    headings: BTreeMap<String, (Column, Rank)>,
    rows: RowWords,
    unread: UnreadWords,
    codes: BTreeMap<Column, Codes>,
    /// Words in the names of files and sheets that hold a table.
    tables: BTreeMap<Table, Vec<String>>,
    /// The hash of it all, once somebody asked: every file is read by the same words.
    digest: OnceLock<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawValues {
    #[serde(default)]
    value: Vec<RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawValue {
    column: Spanned<String>,
    code: Spanned<String>,
    word: String,
    /// Where the meaning stands; read by people only, but it must be there.
    #[allow(dead_code)]
    source: String,
    #[serde(default)]
    overrides: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHeadings {
    #[serde(default)]
    headings: Aliases,
    #[serde(default)]
    fallback: Aliases,
    #[serde(default)]
    never: Aliases,
    #[serde(default)]
    unread: RawUnread,
    #[serde(default)]
    rows: RawRows,
    #[serde(default)]
    tables: Aliases,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUnread {
    #[serde(default)]
    headings: Aliases,
    #[serde(default)]
    never: Vec<String>,
    #[serde(default)]
    nothing: Vec<String>,
}

type Aliases = BTreeMap<Spanned<String>, Vec<Spanned<String>>>;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRows {
    #[serde(default)]
    grand_total: Vec<String>,
    #[serde(default)]
    subtotal: Vec<String>,
    #[serde(default)]
    note: Vec<String>,
    #[serde(default)]
    signature: Vec<String>,
}

impl Default for Vocabulary {
    /// The words that the program carries.
    fn default() -> Vocabulary {
        static BUILTIN: LazyLock<Vocabulary> = LazyLock::new(|| {
            let mut builtin = Vocabulary::bare();
            if let Err((at, why)) = builtin.add_headings(HEADINGS).and_then(|()| builtin.add_values(VALUES)) {
                panic!("a built-in file of words, byte {}: {}", at.start, why.en);
            }
            builtin
        });
        BUILTIN.clone()
    }
}

impl fmt::Debug for Vocabulary {
    /// Nothing: the files that it was read from are hashed by themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vocabulary")
    }
}

impl Vocabulary {
    /// The names and titles of the columns, which need no file.
    pub(crate) fn bare() -> Vocabulary {
        let mut headings = BTreeMap::new();
        for &column in Column::ALL {
            for heading in [column.name(), column.title()] {
                headings.insert(normalise(heading).0, (column, Rank::Usual));
            }
        }
        Vocabulary {
            headings,
            rows: RowWords::default(),
            unread: UnreadWords::default(),
            codes: BTreeMap::new(),
            tables: BTreeMap::new(),
            digest: OnceLock::new(),
        }
    }

    /// Adds what a file of headings says.
    ///
    /// # Errors
    /// When the file names a column that does not exist, or one heading for two columns.
    pub(crate) fn add_headings(&mut self, text: &str) -> Result<(), Wrong> {
        self.digest.take();
        let raw: RawHeadings = parse(text)?;
        for (rank, aliases) in
            [(Rank::Never, &raw.never), (Rank::Usual, &raw.headings), (Rank::Fallback, &raw.fallback)]
        {
            for (name, aliases) in aliases {
                let column = column(name, |_| true)?;
                for alias in aliases {
                    self.add_heading(alias, column, rank)?;
                }
            }
        }
        for (name, words) in &raw.unread.headings {
            let column = column(name, is_plain_where_empty)?;
            let words = words.iter().map(|word| normalise(word.get_ref()).0);
            self.unread.headings.entry(column).or_default().extend(words);
        }
        self.unread.never.extend(raw.unread.never.iter().map(|word| normalise(word).0));
        let words = |words: Vec<String>| words.into_iter().map(|word| label(&word));
        self.unread.nothing.extend(words(raw.unread.nothing));
        self.rows.signature.extend(words(raw.rows.signature));
        self.rows.grand_total.extend(words(raw.rows.grand_total));
        self.rows.subtotal.extend(words(raw.rows.subtotal));
        self.rows.note.extend(words(raw.rows.note));
        for (name, words) in &raw.tables {
            let names = || Table::ALL.map(Table::name).join(", ");
            let wrong = || (name.span(), messages::bad_choice("tables", name.get_ref(), &names()));
            let table = Table::from_name(name.get_ref()).ok_or_else(wrong)?;
            let words = words.iter().map(|word| word.get_ref().clone());
            self.tables.entry(table).or_default().extend(words);
        }
        Ok(())
    }

    /// The tables that the name of a file or sheet speaks of.
    pub(crate) fn tables_named(&self, name: &str) -> impl Iterator<Item = Table> {
        let speaks = |(_, words): &(&Table, &Vec<String>)| words.iter().any(|word| name.contains(word));
        self.tables.iter().filter(speaks).map(|(table, _)| *table)
    }

    fn add_heading(&mut self, alias: &Spanned<String>, column: Column, rank: Rank) -> Result<(), Wrong> {
        let wrong = |why: Text| (alias.span(), why);
        let (heading, unit) = normalise(alias.get_ref());
        if heading.is_empty() || unit.is_some() {
            return Err(wrong(messages::heading_is_no_name(alias.get_ref())));
        }
        match self.headings.get(&heading) {
            Some(&(other, _)) if other != column => {
                Err(wrong(messages::heading_of_two_columns(alias.get_ref(), other, column)))
            }
            Some((_, Rank::Never)) if rank != Rank::Never => {
                Err(wrong(messages::heading_never(alias.get_ref(), column)))
            }
            // A file may say again what is known.
            Some(&(_, known)) if known <= rank && rank != Rank::Never => Ok(()),
            _ => {
                self.headings.insert(heading, (column, rank));
                Ok(())
            }
        }
    }

    /// Adds what a file of codes says.
    ///
    /// # Errors
    /// When the file names a column that has no codes, or gives a code a second meaning without saying so.
    pub(crate) fn add_values(&mut self, text: &str) -> Result<(), Wrong> {
        self.digest.take();
        let raw: RawValues = parse(text)?;
        let mut own: BTreeMap<Column, Codes> = BTreeMap::new();
        for value in raw.value {
            let column = column(&value.column, Column::is_coded)?;
            let wrong = |why: Text| Err((value.code.span(), why));
            let (code, word) = (code_form(value.code.get_ref()), value.word.trim().to_string());
            if code.is_empty() || code.contains('=') || word.is_empty() {
                return wrong(messages::code_is_none(value.code.get_ref()));
            }
            let known = self.codes.get(&column).and_then(|codes| codes.get(&code));
            match known {
                Some(known) if !value.overrides && *known != word => {
                    return wrong(messages::code_known(value.code.get_ref(), known));
                }
                None if value.overrides => {
                    return wrong(messages::nothing_to_override(value.code.get_ref()));
                }
                _ => {}
            }
            if let Some(first) = own.entry(column).or_default().insert(code, word) {
                return wrong(messages::code_known(value.code.get_ref(), &first));
            }
        }
        for (column, codes) in own {
            self.codes.entry(column).or_default().extend(codes);
        }
        Ok(())
    }

    /// The codes of a column, under those that audit.toml gives for it.
    pub(crate) fn codes_of(&self, column: Column, own: Option<&Codes>) -> Codes {
        let mut codes = self.codes.get(&column).cloned().unwrap_or_default();
        codes
            .extend(own.into_iter().flatten().map(|(code, word)| (code_form(code), word.trim().to_string())));
        codes
    }

    /// The column for which a normalised heading stands, and whether only where nothing else does.
    pub(crate) fn column(&self, heading: &str) -> Option<(Column, bool)> {
        let &(column, rank) = self.headings.get(heading)?;
        (rank != Rank::Never).then_some((column, rank == Rank::Fallback))
    }

    /// Adds the words by which a rule decides on a column.
    pub(crate) fn add_words(&mut self, column: Column, words: impl Iterator<Item = String>) {
        self.digest.take();
        self.unread.words.entry(column).or_default().extend(words);
    }

    /// Whether a column with this normalised heading, which is not read, may stand for one that is missing:
    /// whatever it holds, or, if not, by the words in its cells. `None`: neither.
    pub(crate) fn may_stand_for(&self, column: Column, heading: &str) -> Option<bool> {
        let holds = |words: &[String]| words.iter().any(|word| heading.contains(word.as_str()));
        if holds(&self.unread.never) {
            return None;
        }
        Some(self.unread.headings.get(&column).is_some_and(|words| holds(words)))
    }

    /// Whether a cell holds a word by which a rule decides on a column.
    pub(crate) fn holds_word_of(&self, column: Column, cell: &str) -> bool {
        let text = label(cell);
        let words = self.unread.words.get(&column);
        words.is_some_and(|words| words.iter().any(|word| text.contains(word.as_str())))
    }

    /// Whether a cell says nothing: no letter and no digit, or a word for nothing.
    pub(crate) fn is_nothing(&self, cell: &str) -> bool {
        !cell.contains(char::is_alphanumeric) || self.unread.nothing.contains(&label(cell))
    }

    /// What a cell says that may label a row that is no data.
    pub(crate) fn row_label(&self, cell: &str) -> Option<RowLabel> {
        let text = label(cell);
        let text = text.trim_start_matches('(');
        // A label is the whole word, perhaps with a colon, a number or a bracket behind it: 合计 is one, and
        // the first two characters of a longer word are none.
        let begins = |word: &String| {
            let rest = text.strip_prefix(word.as_str());
            rest.is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
        };
        if self.rows.grand_total.iter().any(begins) {
            return Some(RowLabel::GrandTotal);
        }
        if self.rows.subtotal.iter().any(begins) {
            return Some(RowLabel::Subtotal);
        }
        if self.rows.signature.iter().any(begins) {
            return Some(RowLabel::Note);
        }
        self.rows.note.iter().any(|word| text.starts_with(word.as_str())).then_some(RowLabel::Note)
    }

    /// Whether a cell names a part and calls the row its sum: 东村小计.
    pub(crate) fn is_sum_of_part(&self, cell: &str) -> bool {
        let text = label(cell);
        let text = text.trim_end_matches([':', ')']);
        text.chars().count() <= 20
            && self
                .rows
                .grand_total
                .iter()
                .chain(&self.rows.subtotal)
                .any(|word| text.ends_with(word.as_str()))
    }

    /// A hash of all that it says, for what was read by it.
    pub(crate) fn digest(&self) -> &str {
        self.digest.get_or_init(|| {
            short_hash(format!("{:?}", (&self.headings, &self.rows, &self.codes, &self.unread)).as_bytes())
        })
    }
}

fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Wrong> {
    toml::from_str(text).map_err(|why| (why.span().unwrap_or(0..0), messages::toml_words(why.message())))
}

fn is_plain_where_empty(column: Column) -> bool {
    Table::ALL.into_iter().any(|table| table.plain_where_empty() == Some(column))
}

/// The column of a name that a file gives, of those that are allowed there.
fn column(name: &Spanned<String>, is_allowed: fn(Column) -> bool) -> Result<Column, Wrong> {
    Column::from_name(name.get_ref()).filter(|&column| is_allowed(column)).ok_or_else(|| {
        let known: Vec<&str> =
            Column::ALL.iter().filter(|&&column| is_allowed(column)).map(|column| column.name()).collect();
        (name.span(), messages::bad_choice("column", name.get_ref(), &known.join(", ")))
    })
}

/// The word for which a text stands, if it is a code.
pub(crate) fn word_of<'a>(codes: &'a Codes, text: &str) -> Option<&'a str> {
    // Longer texts are words, and nobody need write them in their compared form.
    if codes.is_empty() || text.len() > 64 {
        return None;
    }
    codes.get(&code_form(text)).map(String::as_str)
}

/// A code as it is compared.
fn code_form(text: &str) -> String {
    label(text).to_lowercase()
}

/// A text without width and blanks.
fn label(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_of_headings_may_not_say() {
        for (text, word, zh) in [
            ("[headings]\nnme = [\"姓名\"]\n", "nme", "nme"),
            ("[headings]\nname = [\"编号\"]\nid_number = [\"编号\"]\n", "\"编号\"", "编号"),
            ("[headings]\nname = [\"身份证号\"]\n", "\"身份证号\"", "id_number"),
            ("[headings]\nname = [\"公民 身份号码\"]\n", "\"公民", "id_number"),
            ("[headings]\nbenefit_month = [\"发放年月\"]\n", "\"发放年月\"", "发放年月"),
            ("[fallback]\nbenefit_month = [\"发放年月\"]\n", "\"发放年月\"", "发放年月"),
            ("[headings]\namount = [\"(元)\"]\n", "\"(元)\"", "(元)"),
            ("[headings]\namount = [\"补助(万元)\"]\n", "\"补助(万元)\"", "补助(万元)"),
            ("[heading]\n", "heading", "heading"),
        ] {
            let mut vocabulary = Vocabulary::default();
            let (at, why) = vocabulary.add_headings(text).unwrap_err();
            assert!(why.zh.contains(zh), "{text}: {}", why.zh);
            // Where a heading stands twice, either place may be told.
            assert!(text[at.start..].starts_with(word), "{text}: {at:?}");
        }
    }

    #[test]
    fn what_a_file_of_codes_may_not_say() {
        let value = |column: &str, code: &str, more: &str| {
            format!(
                "[[value]]\ncolumn = \"{column}\"\ncode = \"{code}\"\nword = \"甲\"\nsource = \"习惯写法\"\n{more}"
            )
        };
        let twice = value("scheme", "9", "") + &value("scheme", " ９", "");
        for (text, zh) in [
            (value("name", "1", ""), "name"),
            (value("nothing", "1", ""), "nothing"),
            (value("sex", "1", ""), "男"),
            (value("sex", "１", ""), "男"),
            (value("scheme", "9", "overrides = true\n"), "overrides"),
            (value("scheme", " ", ""), "代码"),
            (value("scheme", "a=b", ""), "a=b"),
            (twice, "甲"),
            ("[[value]]\ncolumn = \"scheme\"\n".to_string(), "code"),
        ] {
            let (_, why) = Vocabulary::default().add_values(&text).unwrap_err();
            assert!(why.zh.contains(zh), "{text}: {}", why.zh);
        }
        let mut vocabulary = Vocabulary::default();
        let before = vocabulary.digest().to_string();
        vocabulary.add_values(&value("sex", "1", "overrides = true\n")).unwrap();
        assert_ne!(vocabulary.digest(), before);
        let codes = vocabulary.codes_of(Column::Sex, None);
        assert_eq!(word_of(&codes, "１ "), Some("甲"));
        assert_eq!(word_of(&codes, "11"), None, "a code is the whole cell");
        let own = Codes::from([("1".to_string(), "乙".to_string())]);
        assert_eq!(word_of(&vocabulary.codes_of(Column::Sex, Some(&own)), "1"), Some("乙"));
    }

    #[test]
    fn a_centre_adds_its_own_headings() {
        let mut vocabulary = Vocabulary::default();
        let before = vocabulary.digest().to_string();
        vocabulary.add_headings("[headings]\nid_number = [\"持卡人 证号\", \"身份证号\"]\n").unwrap();
        assert_eq!(vocabulary.column("持卡人证号"), Some((Column::IdNumber, false)));
        assert_ne!(vocabulary.digest(), before, "what was read by it is read anew");
        assert_eq!(vocabulary.column("费款所属期"), Some((Column::BenefitMonth, true)));
        assert_eq!(vocabulary.column("发放年月"), None);
    }

    #[test]
    fn labels_of_rows_that_are_no_data() {
        let vocabulary = Vocabulary::default();
        for (text, label) in [
            ("合计", Some(RowLabel::GrandTotal)),
            (" 合　计 ", Some(RowLabel::GrandTotal)),
            ("总计：", Some(RowLabel::GrandTotal)),
            ("合计(元)", Some(RowLabel::GrandTotal)),
            ("合计12", Some(RowLabel::GrandTotal)),
            ("小计", Some(RowLabel::Subtotal)),
            ("本页合计", Some(RowLabel::Subtotal)),
            ("制表人：张三  审核人：李四", Some(RowLabel::Note)),
            ("（单位盖章）", Some(RowLabel::Note)),
            ("备注：以上为测试", Some(RowLabel::Note)),
            ("说明:", Some(RowLabel::Note)),
            ("合计旺", None),
            ("备注", None),
            ("小计划", None),
            ("张合计", None),
            ("说明", None),
            ("", None),
            ("530499195201010011", None),
        ] {
            assert_eq!(vocabulary.row_label(text), label, "{text}");
        }
    }
}
