//! The rulebook that the binary carries, so that it runs without any file beside it.

/// Path below rules/ and text of every built-in file. A test compares the list with the folder.
pub(super) const BUILTIN: &[(&str, &str)] = &[
    ("absent_from_participants.toml", include_str!("../../rules/absent_from_participants.toml")),
    ("employee_pension.toml", include_str!("../../rules/employee_pension.toml")),
    ("headings.toml", include_str!("../../rules/headings.toml")),
    ("funeral_exclusive.toml", include_str!("../../rules/funeral_exclusive.toml")),
    ("in_custody.toml", include_str!("../../rules/in_custody.toml")),
    ("name_variants.toml", include_str!("../../rules/name_variants.toml")),
    ("post_death.toml", include_str!("../../rules/post_death.toml")),
    ("public_institution_pension.toml", include_str!("../../rules/public_institution_pension.toml")),
    ("repeated_payment.toml", include_str!("../../rules/repeated_payment.toml")),
    ("values.toml", include_str!("../../rules/values.toml")),
    ("dictionaries/custody.toml", include_str!("../../rules/dictionaries/custody.toml")),
    ("dictionaries/death_benefits.toml", include_str!("../../rules/dictionaries/death_benefits.toml")),
    ("dictionaries/deaths.toml", include_str!("../../rules/dictionaries/deaths.toml")),
    ("dictionaries/other_pensions.toml", include_str!("../../rules/dictionaries/other_pensions.toml")),
    ("dictionaries/participants.toml", include_str!("../../rules/dictionaries/participants.toml")),
    ("dictionaries/payments.toml", include_str!("../../rules/dictionaries/payments.toml")),
    (
        "parameters/funeral_choice_deaths_from.toml",
        include_str!("../../rules/parameters/funeral_choice_deaths_from.toml"),
    ),
    ("parameters/scheme_start.toml", include_str!("../../rules/parameters/scheme_start.toml")),
];
