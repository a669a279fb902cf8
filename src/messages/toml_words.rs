//! What the reader of TOML says of a file that it cannot read, in Chinese.
//!
//! Owns the translation of its sentences. What it does not know it leaves as it is: a sentence of the reader
//! is better than none.

use super::Text;

/// A file that holds nothing but remarks.
pub(crate) fn empty_toml() -> Text {
    Text::new("文件是空的，没有任何内容（注释不算）", "the file is empty but for remarks")
}

/// A sentence of the reader of TOML in both languages.
pub(crate) fn toml_words(why: &str) -> Text {
    let en = why.trim().replace('\n', " ");
    let zh = keys(&en).or_else(|| types(&en)).or_else(|| days(&en)).or_else(|| signs(&en));
    Text::new(zh.unwrap_or_else(|| en.clone()), en)
}

/// What is said of keys, and of words of which a few are known.
fn keys(why: &str) -> Option<String> {
    if let Some(key) = why.strip_prefix("missing field ") {
        return Some(format!("缺少必填的键 {}", bare(key)));
    }
    if let Some(key) = why.strip_prefix("duplicate field ") {
        return Some(format!("键 {} 写了两次", bare(key)));
    }
    if let Some(rest) = why.strip_prefix("unknown field ") {
        return Some(match rest.split_once(", ") {
            Some((key, known)) => format!("没有名为 {} 的键，{}", bare(key), known_words(known)),
            None => format!("没有名为 {} 的键", bare(rest)),
        });
    }
    let (word, known) = why.strip_prefix("unknown variant ")?.split_once(", ")?;
    Some(format!("不认识“{}”，{}", bare(word), known_words(known)))
}

/// A name without the marks around it.
fn bare(name: &str) -> &str {
    name.trim().trim_matches('`')
}

/// The names that are known, as serde lists them: "expected one of `a`, `b`", "expected `a` or `b`".
fn known_words(text: &str) -> String {
    let named: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    if named.is_empty() {
        "这里不能写任何键".to_string()
    } else {
        format!("可用：{}", named.join("、"))
    }
}

/// What is said of values that are something else than they must be.
fn types(why: &str) -> Option<String> {
    if why.starts_with("data did not match any variant of untagged enum") {
        return Some("取值的写法不对：不是这个键允许的任何一种".to_string());
    }
    if why == "wanted string or table" {
        return Some("取值的写法不对：应写带引号的文字，或 { 键 = 取值 } 这样的一组".to_string());
    }
    let (given, wanted) =
        ["invalid type: ", "invalid value: ", "invalid length "].iter().find_map(|&start| {
            let (given, wanted) = why.strip_prefix(start)?.split_once(", expected ")?;
            let is_length = start == "invalid length ";
            Some((if is_length { format!("{given} 项") } else { thing(given) }, thing(wanted)))
        })?;
    Some(format!("取值的类型不对：写的是{given}，应为{wanted}"))
}

/// A kind of value, by the name that the reader gives to it, and what stands there.
fn thing(name: &str) -> String {
    let kinds: [(&str, &str); 24] = [
        ("string or", "文字或"),
        ("a string", "文字（带引号）"),
        ("a borrowed string", "文字（带引号）"),
        ("string", "文字"),
        ("integer", "整数"),
        ("an integer", "整数"),
        ("floating point", "小数"),
        ("boolean", "true 或 false"),
        ("a boolean", "true 或 false"),
        ("a sequence", "列表 [ … ]"),
        ("sequence", "列表 [ … ]"),
        ("an array", "列表 [ … ]"),
        ("a map", "一组 { 键 = 取值 }"),
        ("map", "一组 { 键 = 取值 }"),
        ("table", "一组 { 键 = 取值 }"),
        ("struct ", "一组 { 键 = 取值 }"),
        ("internally tagged enum", "一组 { 键 = 取值 }"),
        ("a TOML datetime", "日期（不带引号，如 2014-02-21）"),
        ("a datetime", "日期（不带引号，如 2014-02-21）"),
        ("datetime", "日期"),
        ("u8", "不小于 0 的整数"),
        ("u32", "不小于 0 的整数"),
        ("u64", "不小于 0 的整数"),
        ("i64", "整数"),
    ];
    let Some((start, word)) = kinds.into_iter().find(|(start, _)| name.starts_with(start)) else {
        return format!(" {name}");
    };
    // What was written follows its kind: string "3", integer `3`.
    let written = name[start.len()..].trim();
    match written.chars().next() {
        Some('"' | '`') => format!("{word} {}", written.trim_matches('`')),
        _ => word.to_string(),
    }
}

/// What is said of days and times.
fn days(why: &str) -> Option<String> {
    let what = ["date", "datetime", "time", "offset"];
    let rest = what.iter().find_map(|what| {
        let rest = why.strip_prefix("invalid ")?.strip_prefix(what)?;
        (rest.is_empty() || rest.starts_with(',')).then_some(rest)
    })?;
    let between = |part: &str| rest.split_once(&format!("{part} between "))?.1.split_once(" and ");
    if let Some((first, last)) = between("day") {
        return Some(format!("日期不对：这个月的日应在 {first} 到 {last} 之间"));
    }
    if let Some((first, last)) = between("month") {
        return Some(format!("日期不对：月应在 {first} 到 {last} 之间"));
    }
    Some("日期的写法不对，应写作 2014-02-21（不带引号）".to_string())
}

/// What is said of signs that are missing, too many or wrong.
fn signs(why: &str) -> Option<String> {
    let known: [(&str, &str); 30] = [
        ("string values must be quoted", "文字须用英文双引号括起，如 \"…\""),
        ("invalid float", "取值的写法不对：文字须用英文双引号括起，数字中不能有别的符号"),
        ("invalid boolean", "取值的写法不对：文字须用英文双引号括起，是与否写作 true、false"),
        ("missing escaped value", "反斜杠用法不对：文字中的反斜杠须写作 \\\\"),
        ("missing opening quote", "文字前面缺少引号"),
        ("invalid basic string", "文字的引号没有成对，或反斜杠用法不对（反斜杠须写作 \\\\）"),
        ("invalid literal string", "文字的单引号没有成对"),
        ("invalid multi-line", "多行文字的三个引号没有成对，或反斜杠用法不对"),
        ("key with no value", "键后面没有取值，应写作 键 = 取值"),
        ("missing value", "等号后面没有取值"),
        ("extra `=`", "多了一个等号"),
        ("unexpected `=` in array", "列表中不能有等号"),
        ("unclosed array table", "[[ … ]] 没有写完，缺少 ]]"),
        ("unclosed table", "[ … ] 没有写完，缺少 ]"),
        ("unclosed array", "列表没有写完，缺少 ]"),
        ("unclosed inline table", "一组 { … } 没有写完，缺少 }"),
        ("missing comma between array elements", "列表各项之间缺少英文逗号"),
        ("missing comma between key-value pairs", "一组 { … } 各项之间缺少英文逗号"),
        ("extra comma", "多了一个逗号"),
        ("missing key for inline table element", "一组 { … } 中有一项没有键"),
        ("missing assignment between key-value pairs", "一组 { … } 中有一项没有等号"),
        ("unexpected key or value", "行末有多余的内容：一行只写一项，注释以 # 开头"),
        ("unexpected content", "有多余的内容"),
        ("unquoted keys cannot be empty", "等号前面没有键"),
        ("invalid unquoted key", "键名的写法不对：只能用英文字母、数字、- 和 _，标点须为半角"),
        ("invalid key", "这一行的写法不对：应为 键 = 取值，标点须为半角"),
        ("invalid table", "[ … ] 中的名称写法不对"),
        ("duplicate key", "同一个键写了两次"),
        ("unexpected leading zero", "数字不能以 0 开头"),
        ("invalid integer number", "整数的写法不对"),
    ];
    known.into_iter().find(|(start, _)| why.starts_with(start)).map(|(_, zh)| zh.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a sentence of the reader has one in Chinese.
    fn is_chinese(why: &str) -> bool {
        toml_words(why).zh.chars().any(|c| !c.is_ascii() && !why.contains(c))
    }

    #[test]
    fn sentences_about_keys_name_the_key_and_those_that_are_known() {
        for (why, zh) in [
            ("missing field `document`", "缺少必填的键 document"),
            ("unknown field `why`, expected one of `a`, `b`", "没有名为 why 的键，可用：a、b"),
            ("unknown field `why`, expected `a` or `b`", "没有名为 why 的键，可用：a、b"),
            ("unknown field `why`, there are no fields", "没有名为 why 的键，这里不能写任何键"),
            (
                "unknown variant `inforce`, expected one of `in_force`, `x`",
                "不认识“inforce”，可用：in_force、x",
            ),
            (
                "invalid type: integer `3`, expected a string",
                "取值的类型不对：写的是整数 3，应为文字（带引号）",
            ),
            (
                "invalid type: string \"3\", expected u32",
                "取值的类型不对：写的是文字 \"3\"，应为不小于 0 的整数",
            ),
            ("invalid date, expected day between 01 and 28", "日期不对：这个月的日应在 01 到 28 之间"),
            ("string values must be quoted, expected literal string", "文字须用英文双引号括起，如 \"…\""),
            ("something new", "something new"),
        ] {
            assert_eq!(toml_words(why), Text::new(zh, why));
        }
    }

    #[test]
    fn what_a_clumsy_hand_writes_is_told_in_chinese() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code)]
        struct Wanted {
            id: String,
            day: Option<toml::value::Datetime>,
            list: Option<Vec<u32>>,
            group: Option<std::collections::BTreeMap<String, String>>,
        }
        for text in [
            "",
            "id",
            "id = ",
            "id = 词",
            "id = “词”",
            "id ＝ \"a\"",
            "编号 = \"a\"",
            "id = \"a",
            "id = \"a\\q\"",
            "id = 'a",
            "id = \"a\" \"b\"",
            "id = \"a\"\nid = \"b\"",
            "id = \"a\"\nday = \"2014-02-21\"",
            "id = \"a\"\nday = 2014-02-31",
            "id = \"a\"\nday = 2014-13-01",
            "id = \"a\"\nday = 2014-2-1",
            "id = \"a\"\nday = 2014",
            "id = \"a\"\nlist = 3",
            "id = \"a\"\nlist = [3 4]",
            "id = \"a\"\nlist = [3, -4]",
            "id = \"a\"\nlist = [3, \"4\"]",
            "id = \"a\"\nlist = [03]",
            "id = \"a\"\nlist = [3",
            "id = \"a\"\ngroup = { a = \"b\" c = \"d\" }",
            "id = \"a\"\ngroup = { a }",
            "id = \"a\"\ngroup = { a = true }",
            "id = \"a\"\n[group",
            "id = \"a\"\n[[group]\n",
            "id = 3.5",
            "id = [\"a\"]",
            "id = \"a\"\nidd = \"b\"",
        ] {
            let why = toml::from_str::<Wanted>(text).unwrap_err();
            assert!(
                is_chinese(why.message()),
                "{text}: {} -> {}",
                why.message(),
                toml_words(why.message()).zh
            );
        }
    }
}
