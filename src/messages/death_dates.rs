//! Which of several days of death is the likely one, in words.

use super::Text;
use crate::domain::{DateSource, LikelyDeath};

/// What a day of death rests on.
fn source_words(source: DateSource) -> (&'static str, &'static str) {
    match source {
        DateSource::Medical => ("医学死亡证明", "medical certificate"),
        DateSource::CremationCertificate => ("火化证载死亡日期", "cremation certificate"),
        DateSource::Village => ("村（社区）报告", "village report"),
        DateSource::PoliceDeathDate => ("户籍死亡日期", "household registration"),
        DateSource::CrematedOn => ("火化日期", "day of cremation"),
        DateSource::RegisteredOn => ("户籍注销日期", "day of registration"),
    }
}

impl LikelyDeath {
    /// The day, what it rests on, and the order by which it is the likely one.
    pub fn text(self) -> Text {
        let words: Vec<_> = self.order.sources().map(source_words).collect();
        let zh: Vec<&str> = words.iter().map(|(zh, _)| *zh).collect();
        let en: Vec<&str> = words.iter().map(|(_, en)| *en).collect();
        let (source, sure) = (
            source_words(self.source),
            if self.is_in_force { ("", "") } else { ("；次序待确认", "; expected only") },
        );
        Text::new(
            format!("较可能为 {}（{}；来源先后：{}{}）", self.day, source.0, zh.join(" > "), sure.0),
            format!("likely {} ({}; by the order {}{})", self.day, source.1, en.join(" > "), sure.1),
        )
    }
}

/// What is added where sources name different days and one of them is the likely one.
pub(super) fn likely_suffix(likely: Option<LikelyDeath>) -> (String, String) {
    likely.map_or_else(Default::default, |likely| {
        let text = likely.text();
        (format!("；各来源死亡日期不同，{}", text.zh), format!("; the sources differ, {}", text.en))
    })
}
