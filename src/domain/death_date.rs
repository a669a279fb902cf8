//! Who may state a day of death, and whom to believe first.
//!
//! Owns the likely one of several days. Must not decide what follows from it: what is claimed is what every
//! day supports.

use std::cmp::Reverse;

use chrono::NaiveDate;

/// What a day of death rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateSource {
    /// 医学死亡证明
    Medical,
    /// 火化证载死亡日期
    CremationCertificate,
    /// 村(社区)报告
    Village,
    /// 户籍登记的死亡日期
    PoliceDeathDate,
    /// 火化日期: no day of death is stated, but one of cremation.
    CrematedOn,
    /// 登记(注销)日期: neither is stated, but one of registration.
    RegisteredOn,
}

impl DateSource {
    /// Every source.
    const ALL: [DateSource; 6] = [
        DateSource::Medical,
        DateSource::CremationCertificate,
        DateSource::Village,
        DateSource::PoliceDeathDate,
        DateSource::CrematedOn,
        DateSource::RegisteredOn,
    ];

    /// The names, as parameters write them.
    pub(crate) const NAMES: &'static [&'static str] =
        &["medical", "cremation_certificate", "village", "police_death_date", "cremated_on", "registered_on"];

    /// The source of a name. A day that stands in for that of death goes by the name of its column.
    pub(crate) fn from_name(name: &str) -> Option<DateSource> {
        let at = DateSource::NAMES.iter().position(|known| *known == name)?;
        DateSource::ALL.get(at).copied()
    }
}

/// The order in which sources are believed, best first. One that it does not name is never the likely one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateOrder([Option<DateSource>; 6]);

impl DateOrder {
    /// Reads `medical > village > …`: known sources, none of them twice.
    pub fn parse(text: &str) -> Option<DateOrder> {
        let mut order = DateOrder([None; 6]);
        for (at, name) in text.split('>').enumerate() {
            let source = DateSource::from_name(name.trim())?;
            if order.sources().any(|known| known == source) {
                return None;
            }
            *order.0.get_mut(at)? = Some(source);
        }
        Some(order)
    }

    /// The sources, best first.
    pub fn sources(&self) -> impl Iterator<Item = DateSource> + '_ {
        self.0.iter().flatten().copied()
    }

    /// The likely one of several days: that of the best source; of several of that source the latest, which
    /// claims least.
    pub fn likely(
        &self,
        stated: impl Iterator<Item = (NaiveDate, Option<DateSource>)>,
    ) -> Option<(NaiveDate, DateSource)> {
        let ranked = stated.filter_map(|(day, source)| {
            let source = source?;
            Some((self.sources().position(|known| known == source)?, Reverse(day), source))
        });
        ranked.min().map(|(_, Reverse(day), source)| (day, source))
    }
}

/// The likely one of several days of death.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LikelyDeath {
    /// The day.
    pub day: NaiveDate,
    /// What it rests on.
    pub source: DateSource,
    /// The order by which it is the likely one.
    pub order: DateOrder,
    /// Whether that order is in force; else it is only expected.
    pub is_in_force: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_and_a_wrong_one_is_not() {
        let whole =
            "medical > cremation_certificate > village > police_death_date > cremated_on > registered_on";
        assert_eq!(DateOrder::parse(whole).unwrap().sources().collect::<Vec<_>>(), DateSource::ALL);
        let two = DateOrder::parse("village>medical").unwrap();
        assert_eq!(two.sources().collect::<Vec<_>>(), [DateSource::Village, DateSource::Medical]);
        for wrong in ["", "hospital", "medical > ", "medical > medical", &format!("{whole} > medical")] {
            assert_eq!(DateOrder::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_likely_day_is_that_of_the_best_source_and_of_equal_ones_the_latest() {
        let order = DateOrder::parse("medical > police_death_date").unwrap();
        let day = |day| NaiveDate::from_ymd_opt(2023, 5, day).unwrap();
        let (medical, police) = (Some(DateSource::Medical), Some(DateSource::PoliceDeathDate));
        let likely = |stated: &[(NaiveDate, Option<DateSource>)]| {
            order.likely(stated.iter().copied()).map(|(day, _)| day)
        };
        assert_eq!(likely(&[(day(1), police), (day(9), medical), (day(2), None)]), Some(day(9)));
        assert_eq!(likely(&[(day(3), medical), (day(4), medical), (day(9), police)]), Some(day(4)));
        assert_eq!(likely(&[(day(3), Some(DateSource::Village)), (day(4), None)]), None);
        assert_eq!(likely(&[]), None);
    }
}
